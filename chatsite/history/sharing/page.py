"""The page of a shared conversation, in pieces. Nothing of it leads to the account that it came from."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from chatsite.conversations.models import Role
from chatsite.history.exchange.export_html import CUT
from chatsite.history.sharing.models import Share, SharedMessage

MESSAGES_AT_ONCE = 200


def page(share: Share) -> Iterator[str]:
    """Yield the page. Where the share is updated or revoked meanwhile, it ends with a sentence that says so."""
    keys = list(share.messages.order_by("number").values_list("pk", flat=True))
    before, behind = _around(share)
    yield before
    for at in range(0, len(keys), MESSAGES_AT_ONCE):
        part = keys[at : at + MESSAGES_AT_ONCE]
        found = SharedMessage.objects.in_bulk(part)
        for pk in part:
            if pk not in found:
                yield render_to_string("history/_shared_changed.html")
                yield behind
                return
            yield _message(found[pk])
    yield behind


def _around(share: Share) -> tuple[str, str]:
    """Return the HTML before the messages, and the HTML after them."""
    whole = render_to_string("history/shared.html", {"share": share, "cut": mark_safe(CUT)})
    before, _, behind = whole.partition(CUT)
    return before, behind


def _message(message: SharedMessage) -> str:
    byline = "Person" if message.role == Role.USER else message.model or "Answer"
    return render_to_string("history/_exported_message.html", {"message": message, "byline": byline})
