"""The owner's pages: share a conversation, and the list of all links."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatsite.conversations.access import own_conversation
from chatsite.history.listing import side_list
from chatsite.history.sharing.forms import ShareForm
from chatsite.history.sharing.models import KEEP_EXPIRED_DAYS, Share
from chatsite.history.sharing.snapshots import shareable, take

MAX_LINKS_PER_PERSON = 500
TOO_MANY = f"You have {MAX_LINKS_PER_PERSON} links, which is the most. Revoke one first."
TEMPORARY = "This conversation is temporary. Keep it first, with “Keep this one” on its page."
NOTHING = "There is nothing to share yet: no message has text."


@login_required
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request, uuid: UUID):
    """Share a conversation by a new link; below, the links that there are."""
    conversation = own_conversation(request.user, uuid)
    form = ShareForm(Share(conversation=conversation), request.POST or None)
    refused = _refusal(request.user, conversation)
    if request.method == "POST" and form.is_valid() and not refused:
        take(form.filled())
        messages.success(request, "The conversation is shared. Copy the link and send it.")
        return redirect("sharing:share", uuid)
    links = Share.objects.of(request.user).filter(conversation=conversation)
    return _page(request, conversation, form, links, refused)


@login_required
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def update(request, uuid: UUID):
    """Let the same link show the conversation as it is now, perhaps with other settings."""
    link = _own(request, uuid)
    conversation = own_conversation(request.user, link.conversation.uuid)
    form = ShareForm(link, request.POST or None)
    refused = "" if shareable(conversation) else NOTHING
    if request.method == "POST" and form.is_valid() and not refused:
        take(form.filled())
        messages.success(
            request, "The link is updated. People who open it see the conversation as it is now."
        )
        return redirect("sharing:share", conversation.uuid)
    return _page(request, conversation, form, [], refused, link)


@login_required
@require_POST
def revoke(request, uuid: UUID):
    """End a link, and delete what it showed. A form with `conversation` was on the page of the link's conversation."""
    link = _own(request, uuid)
    link.delete()
    messages.success(request, "The link is revoked. It does not work any more.")
    if "conversation" in request.POST:
        return redirect("sharing:share", link.conversation.uuid)
    return redirect("sharing:links")


@login_required
@require_safe
def links(request):
    """All links of this person."""
    found = Share.objects.of(request.user).select_related("conversation").newest_first()
    context = {"links": _addressed(request, found), "days_kept": KEEP_EXPIRED_DAYS}
    return render(request, "history/links.html", context | side_list(request))


def _page(request, conversation, form, links, refused, link=None):
    context: dict[str, Any] = {
        "conversation": conversation,
        "count": shareable(conversation),
        "form": form,
        "link": link,
        "links": _addressed(request, links.newest_first() if links else []),
        "refused": refused,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "history/share.html", context | side_list(request), status=status)


def _refusal(user, conversation):
    """Return why this person cannot share this conversation; empty if they can."""
    if not shareable(conversation):
        return NOTHING
    if conversation.is_temporary:
        return TEMPORARY
    return TOO_MANY if Share.objects.of(user).count() >= MAX_LINKS_PER_PERSON else ""


def _own(request, uuid: UUID):
    own = Share.objects.of(request.user).select_related("conversation")
    return get_object_or_404(own, uuid=uuid)


def _addressed(request, links):
    """The links, each with its full `address`."""
    found = list(links)
    for link in found:
        link.address = request.build_absolute_uri(link.get_absolute_url())
    return found
