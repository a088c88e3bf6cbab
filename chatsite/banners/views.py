"""Closing a banner; and the banners of a page, for its template."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from chatsite.banners.models import Banner, banners_for


@login_required
@require_POST
def dismiss(request, pk: int):
    get_object_or_404(Banner, pk=pk).dismiss(request.user)
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) and back.startswith("/") else "/")


def banners(request):
    """A context processor. They are queried when a template shows them."""
    return {"banners": SimpleLazyObject(lambda: _banners(request))}


def _banners(request):
    return banners_for(request.user) if request.user.is_authenticated else []
