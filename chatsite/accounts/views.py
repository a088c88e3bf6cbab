"""The sign-in link and the password page."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from chatsite.accounts.links import person_of


@require_safe
@never_cache
def sign_in_by_link(request, uidb64: str, token: str):
    """Sign a person in by their one-time link."""
    if person := person_of(uidb64, token):
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("conversations:new")
    if request.user.is_authenticated:
        return redirect("conversations:new")
    return render(request, "accounts/link_used.html", status=410)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordView(LoginRequiredMixin, FormView):
    """Set a first password, or change the one that there is."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("conversations:new")

    @property
    def first(self) -> bool:
        return not self.request.user.has_usable_password()

    def get_form_class(self):
        return SetPasswordForm if self.first else PasswordChangeForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(first=self.first, **kwargs)

    def form_valid(self, form):
        form.save()
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Your password is set.")
        return super().form_valid(form)
