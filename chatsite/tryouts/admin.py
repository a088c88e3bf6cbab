"""The pages of tryouts in the admin. They are reached from a prompt's page, and nobody sees another's."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from channels.db import database_sync_to_async
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path

from chatsite.audit.read_only import ReadOnly
from chatsite.live_response import LiveResponse
from chatsite.tryouts import case_from_tryout, case_pages, pages
from chatsite.tryouts.changes import Change
from chatsite.tryouts.models import Tryout
from chatsite.tryouts.registry import follow

ANSWER = "admin/tryouts/tryout/_answer.html"
# The last event: there is nothing more to follow.
OVER = "event: over\ndata:\n\n"
# After this time the browser asks again, and the person's permission is checked again.
STREAM_SECONDS = 60
AGAIN = "retry: 200\n\n"


@admin.register(Tryout)
class TryoutAdmin(ReadOnly, admin.ModelAdmin):
    def has_module_permission(self, request):
        """It has no list of its own."""
        return False

    def get_urls(self):
        views = {
            "": pages.new,
            "<int:pk>/": pages.shown,
            "<int:pk>/stop/": pages.stop,
            "<int:pk>/better/": pages.better,
            "<int:pk>/keep/": case_from_tryout.keep_case,
            "cases/": case_pages.run_cases,
            "cases/<int:pk>/": case_pages.case_run,
            "cases/<int:pk>/stop/": case_pages.stop_case_run,
            "cases/<int:pk>/<int:tried>/": case_pages.case_answers,
        }
        own = [
            path(f"<int:prompt_id>/{url}", self._view(view), name=f"tryouts_tryout_{view.__name__}")
            for url, view in views.items()
        ]
        events = path("<int:prompt_id>/<int:pk>/events/", self.events, name="tryouts_tryout_events")
        return [events, *own]

    def _view(self, view):
        def answer(request, **named):
            return view(self, request, **named)

        return self.admin_site.admin_view(answer)

    async def events(self, request, prompt_id, pk):
        """The changes of a tryout's answers, from their beginnings, until all have ended."""
        try:
            tried, answers = await database_sync_to_async(self._to_follow)(request, prompt_id, pk)
        except PermissionDenied:
            return HttpResponse(status=403)
        except Http404:
            return HttpResponse(status=404)
        return LiveResponse(self._changes(request, tried, answers), content_type="text/event-stream")

    def _to_follow(self, request, prompt_id, pk):
        if not self.admin_site.has_permission(request):
            raise PermissionDenied
        tried = pages.tried_or_404(request, prompt_id, pk)
        return tried, pages.answers_of(tried)

    async def _changes(self, request, tried, answers) -> AsyncIterator[str]:
        yield AGAIN
        made = [answer for answer in answers if answer.given is None]
        until = time.monotonic() + STREAM_SECONDS
        async with aclosing(follow(made)) as changes:
            async for change in changes:
                if time.monotonic() > until:
                    return
                yield await self._event(request, tried, change, len(answers))
        yield OVER

    async def _event(self, request, tried, change: Change, count: int) -> str:
        ended = database_sync_to_async(self._ended)
        event = await ended(request, tried, change, count) if change.ended else _grown(change)
        return f"data: {json.dumps({'answer': change.answer, **event})}\n\n"

    def _ended(self, request, tried, change: Change, count: int) -> dict:
        shown = pages.answer_context(tried, change.ended, count)
        return {"html": render_to_string(ANSWER, shown, request)}


def _grown(change: Change) -> dict:
    new = change.slice
    return {
        "begins": new.offset == 0,
        "settled": new.settled,
        "tail": new.tail,
        "reasoning": new.reasoning,
    }
