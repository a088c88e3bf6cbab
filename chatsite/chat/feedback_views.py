"""What a person thinks of an answer: two buttons below it, and a form for a sentence on it."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from chatsite.conversations.access import open_conversation
from chatsite.conversations.elements import element
from chatsite.conversations.models import Conversation, Feedback, Message, Role, Status
from chatsite.conversations.texts import storable

MAX = Feedback.MAX_WORDS_CHARACTERS
TOO_LONG = f"This has at most {MAX} characters. Yours has %(show_value)s."
# What the buttons of an answer say.
VALUES = {"good": Feedback.GOOD, "bad": Feedback.BAD}


class WordsField(forms.CharField):
    def to_python(self, value) -> str:
        return " ".join(storable(value or "").split())


class FeedbackForm(forms.Form):
    """A sentence on an answer. What is temporary is shared with nobody."""

    value = forms.TypedChoiceField(choices=Feedback.value.field.choices, coerce=int)
    words = WordsField(required=False, max_length=MAX, error_messages={"max_length": TOO_LONG})
    shared = forms.BooleanField(required=False)

    def __init__(self, conversation: Conversation, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if conversation.is_temporary:
            del self.fields["shared"]

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


@login_required
@require_POST
def rate(request, uuid: UUID):
    """Say that an answer is `good` or `bad`, or `none` of it any more; `note` leads to the form for a sentence."""
    conversation = open_conversation(request.user, uuid)
    for name in ("good", "bad", "none", "note"):
        if name in request.POST:
            answer = _answer(conversation, request.POST[name])
            return _rated(request, conversation, answer, name)
    raise Http404


def _rated(request, conversation: Conversation, answer: Message, name: str):
    if name == "none":
        Feedback.objects.filter(message=answer, person=request.user).delete()
    elif name in VALUES:
        Feedback.objects.give(answer, request.user, value=VALUES[name])
    if _is_script(request):
        return _as_shown(answer)
    return redirect(_at(answer, conversation) if name == "none" else _note(answer, conversation))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request, uuid: UUID):
    """The form for a sentence on an answer, which a page with scripts has itself."""
    conversation = open_conversation(request.user, uuid)
    answer = _answer(conversation, request.POST.get("message") or request.GET.get("message", ""))
    given = answer.feedback
    if request.method != "POST" and given is None:
        return redirect(_at(answer, conversation))
    initial = {"value": given.value, "words": given.words, "shared": given.shared} if given else {}
    form = FeedbackForm(conversation, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        Feedback.objects.give(answer, request.user, **form.cleaned_data)
        return _as_shown(answer) if _is_script(request) else redirect(_at(answer, conversation))
    if _is_script(request):
        return JsonResponse({"sentence": form.problem}, status=400)
    context = {
        "conversation": conversation,
        "answer": answer,
        "form": form,
        "back": _at(answer, conversation),
    }
    return render(request, "conversations/feedback.html", context, status=400 if form.is_bound else 200)


def _answer(conversation: Conversation, uuid: str) -> Message:
    """Return a finished answer of the conversation. Raises Http404."""
    try:
        answers = conversation.messages.filter(role=Role.ASSISTANT, uuid=UUID(uuid))
    except ValueError as error:
        raise Http404 from error
    answer: Message | None = answers.with_completions().select_related("parent").first()
    if answer is None or (answer.completion and answer.completion.status == Status.STREAMING):
        raise Http404
    return answer


def _as_shown(answer: Message) -> JsonResponse:
    answer.__dict__.pop("feedback", None)
    return JsonResponse({"html": element(answer)})


def _is_script(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def _at(answer: Message, conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}?{urlencode({'at': answer.uuid})}#m-{answer.uuid}"


def _note(answer: Message, conversation: Conversation) -> str:
    page = reverse("conversations:feedback", args=[conversation.uuid])
    return f"{page}?{urlencode({'message': answer.uuid})}"
