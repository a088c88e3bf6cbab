"""The admin's test of a provider: a page whose steps appear as they end, before anything is saved."""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import aget_object_or_404, render
from django.template.loader import render_to_string

from chatsite.live_response import LiveResponse
from chatsite.providers.diagnosis import diagnose
from chatsite.providers.models import Provider

# Where the steps go in the page.
STEPS = "<!-- steps -->"


async def test_provider(request, admin, pk=None):
    """Test the provider of a form that was not saved. Its page is sent while the test runs."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    await request.auser()  # before a thread without an event loop asks for it
    if not await sync_to_async(admin.admin_site.has_permission)(request):
        return redirect_to_login(request.get_full_path(), "admin:login")
    provider = await aget_object_or_404(Provider, pk=pk) if pk else None
    form, page = await sync_to_async(_prepared)(request, admin, provider)
    if form.errors:
        return page
    before, _, after = page.content.decode().partition(STEPS)
    return LiveResponse(_sent(before, form.save(commit=False), after))


def _prepared(request, admin, provider):
    """Return the form, and the page around the steps. Raises PermissionDenied."""
    may = admin.has_change_permission(request, provider) if provider else admin.has_add_permission(request)
    if not may:
        raise PermissionDenied
    form = admin.get_form(request, provider, change=bool(provider))(request.POST, instance=provider)
    form.is_valid()
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Test of {form['name'].value()}",
        "form": form,
    }
    page = render(request, "admin/providers/provider/test.html", context, status=400 if form.errors else 200)
    return form, page


async def _sent(before: str, provider: Any, after: str) -> AsyncIterator[str]:
    yield before
    is_passed = True
    async for step in diagnose(provider):
        is_passed = is_passed and step.ok
        yield render_to_string("admin/providers/provider/_step.html", {"step": step})
    yield render_to_string("admin/providers/provider/_tested.html", {"is_passed": is_passed})
    yield after
