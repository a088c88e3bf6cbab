"""The page on which people are erased, or kept: with counts, and a reason."""

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from chatsite.people.belongings import belongings
from chatsite.people.erasure import WAIT, NotPossible, keep, plan, refuse
from chatsite.people.models import Erasure

# People on one page, and digits of an id that a database knows.
MAX_PEOPLE = 100
MAX_ID_DIGITS = 18
LIST = "admin:auth_user_changelist"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=Erasure.MAX_REASON_CHARACTERS,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": "Say why."},
        help_text="It stays in the events when the person is deleted.",
    )


def erasing_url(people) -> str:
    """Return the address of the page that erases these people."""
    return reverse("admin:auth_user_erase", args=[",".join(str(person.pk) for person in people)])


def erase(admin, request, ids: str):
    """GET shows what would be erased; POST plans it."""
    people = _people(admin, request, ids)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refused = _refused(people, request.user)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            return _planned(admin, request, people, form.cleaned_data["reason"])
        except NotPossible as error:
            refused = str(error)
    context = admin.admin_site.each_context(request) | {
        "title": f"Erase {people[0]}?" if len(people) == 1 else f"Erase {len(people)} people?",
        "opts": admin.opts,
        "form": form,
        "refused": refused,
        "belongings": belongings(people),
        "days": WAIT.days,
        "is_open": any(not hasattr(person, "erasure") for person in people),
    }
    return TemplateResponse(request, "admin/auth/user/erase.html", context)


def keep_person(admin, request, pk: int):
    """Bring a person back who would be erased."""
    person = get_object_or_404(User, pk=pk)
    if request.method != "POST" or not admin.has_delete_permission(request, person):
        raise PermissionDenied
    try:
        keep(person)
    except NotPossible as error:
        admin.message_user(request, str(error), messages.ERROR)
        return HttpResponseRedirect(reverse(LIST))
    admin.record(request, "kept", person)
    admin.message_user(request, f"Kept, with everything as it was: {person}.", messages.SUCCESS)
    return HttpResponseRedirect(reverse(LIST))


def when(erasure: Erasure) -> str:
    return date_format(localtime(erasure.due), "j F Y")


def _people(admin, request, ids: str) -> list[User]:
    pks = [int(each) for each in ids.split(",") if each.isdecimal() and len(each) <= MAX_ID_DIGITS]
    people = list(User.objects.filter(pk__in=pks[:MAX_PEOPLE]).select_related("erasure").order_by("username"))
    if not all(admin.has_delete_permission(request, person) for person in people or [None]):
        raise PermissionDenied
    if not people:
        raise Http404
    return people


def _refused(people: list[User], by: User) -> str:
    try:
        refuse(people, by)
    except NotPossible as error:
        return str(error)
    return ""


def _planned(admin, request, people: list[User], reason: str) -> HttpResponseRedirect:
    planned = plan(people, reason, request.user)
    for erasure in planned:
        admin.record(
            request, "asked to erase", erasure.person, reason=reason, after={"due": str(erasure.due)}
        )
    if planned:
        names = ", ".join(str(erasure.person) for erasure in planned)
        sentence = (
            f"Deactivated, and to be erased on {when(planned[0])}: {names}. Until then you can keep them."
        )
        admin.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(reverse(LIST))
