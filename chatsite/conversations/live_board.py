"""The live board in the admin: every running answer, live, and a button that stops it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from channels.db import database_sync_to_async
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse

from chatsite.audit.read_only import ReadOnly
from chatsite.audit.recording import record
from chatsite.conversations.models import RunningAnswer
from chatsite.live_response import LiveResponse

EVERY_SECONDS = 2
# Every number of this many digits fits into 64 bits.
MAX_ID_DIGITS = 18
# Then the browser asks again, and it is looked at again whether the person may see it.
STREAM_SECONDS = 60
ROWS = "admin/conversations/runninganswer/_rows.html"


class RunningAnswerAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Shows who is answered by which model, never the text."""

    def get_urls(self) -> list[Any]:
        own = self.admin_site.admin_view
        return [
            path("events/", self.events, name="conversations_runninganswer_events"),
            path("stop/", own(self.stop), name="conversations_runninganswer_stop"),
            path("", own(self.changelist_view), name="conversations_runninganswer_changelist"),
        ]

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | self._shown(request) | {"title": "Running answers"}
        return TemplateResponse(request, "admin/conversations/runninganswer/board.html", context)

    async def events(self, request: Any) -> Any:
        """The rows as HTML, every two seconds, while they change."""
        if not await database_sync_to_async(self._may_see)(request):
            return HttpResponse(status=403)
        return LiveResponse(self._changes(request), content_type="text/event-stream")

    def stop(self, request: Any) -> Any:
        if request.method != "POST" or not request.user.has_perm("conversations.stop_runninganswer"):
            raise PermissionDenied
        pk = request.POST.get("answer", "")[:MAX_ID_DIGITS]
        answer = RunningAnswer.objects.streaming().filter(pk=int(pk) if pk.isdecimal() else 0).first()
        if answer:
            RunningAnswer.objects.streaming().filter(pk=answer.pk).update(stop_requested=True)
            record("stopped", answer, request=request, name=answer.model)
            messages.success(request, "The answer is being stopped.")
        else:
            messages.info(request, "That answer had ended already.")
        return redirect(reverse("admin:conversations_runninganswer_changelist"))

    def _may_see(self, request: Any) -> bool:
        return self.admin_site.has_permission(request) and self.has_view_permission(request)

    def _shown(self, request: Any) -> dict[str, Any]:
        may_stop = request.user.has_perm("conversations.stop_runninganswer")
        return {"rows": RunningAnswer.rows(), "may_stop": may_stop}

    async def _changes(self, request: Any) -> AsyncIterator[str]:
        for _ in range(STREAM_SECONDS // EVERY_SECONDS):
            html = await database_sync_to_async(self._html)(request)
            yield "".join(f"data: {line}\n" for line in html.split("\n")) + "\n"
            await asyncio.sleep(EVERY_SECONDS)

    def _html(self, request: Any) -> str:
        return render_to_string(ROWS, self._shown(request), request)
