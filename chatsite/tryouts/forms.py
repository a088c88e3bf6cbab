"""The form of a tryout: what to ask, and which columns answer. What cannot be tried is refused by a sentence."""

from django import forms

from chatsite.audit.models import Event
from chatsite.conversations.models import Conversation, Role
from chatsite.conversations.staff_reading import MIN_REASON_CHARACTERS
from chatsite.prompts.lint import refusals
from chatsite.prompts.models import (
    PromptCase,
    PromptSnippet,
    PromptVariable,
    SystemPrompt,
    SystemPromptVersion,
)
from chatsite.prompts.release_state import release_state
from chatsite.prompts.variables import with_snippets
from chatsite.protocol import MAX_TEXT_CHARACTERS
from chatsite.providers.serving import default_for
from chatsite.tryouts import past_questions
from chatsite.tryouts.access import is_own, may_read
from chatsite.tryouts.columns import MAX_COLUMNS, MAX_MODELS, Column, models
from chatsite.tryouts.models import Tryout
from chatsite.tryouts.past_questions import Question

MAX_TURNS = 40
Sources = Tryout.Sources


class TryForm(forms.Form):
    """`columns` and `messages` are what to try, once it is valid; `picked`: the question that they come from.

    A further source of messages has a value in `SOURCES`, a method `_messages_<source>` and a part of the template.
    """

    SOURCES = (Sources.TYPED, Sources.CASE, Sources.PAST)

    source = forms.ChoiceField(required=False)
    versions = forms.TypedMultipleChoiceField(required=False, coerce=int)
    another = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    typed = forms.CharField(required=False, strip=False)
    models = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is not offered to you. Choose another model."},
    )
    case = forms.IntegerField(required=False)
    question = forms.IntegerField(required=False)
    conversation = forms.CharField(required=False, max_length=500)
    reason = forms.CharField(required=False, max_length=Event.MAX_REASON_CHARACTERS)

    def __init__(self, data, *, prompt: SystemPrompt, user, tried: Tryout | None = None) -> None:
        super().__init__(data)
        self.prompt, self.user = prompt, user
        self.offered = models(user.pk)
        self.release_state = release_state(prompt)
        self.every = {each.number: each for each in prompt.versions.defer("text", "source")}
        self.cases = list(prompt.cases.all())
        self.case: PromptCase | None = None
        self.picked: Question | None = None
        self.messages: list[dict[str, str]] = []
        self.columns: list[Column] = []
        self.initial = _of(tried) if tried else self._usual()
        numbers = [(number, f"v{number}") for number in self.every]
        self.fields["versions"].choices = numbers
        self.fields["another"].choices = [("", ""), *numbers]
        self.fields["models"].choices = [("", ""), *((each.name, each.label) for each in self.offered)]
        self.fields["source"].choices = [(each, each.label) for each in self.SOURCES]

    # What the template shows.

    @property
    def marked(self) -> list[tuple[SystemPromptVersion, str]]:
        """The versions that have a checkbox each, with their states."""
        state = self.release_state
        found = {}
        for mark, each in (("live", state.live), ("on trial", state.trial)):
            if each:
                found[each.version.number] = mark
        if state.draft:
            found.setdefault(state.draft.number, "draft")
        return [(self.every[number], mark) for number, mark in found.items()]

    @property
    def others(self) -> list[SystemPromptVersion]:
        marked = {each.number for each, _ in self.marked}
        return [each for number, each in self.every.items() if number not in marked]

    @property
    def turns(self) -> list[str]:
        """What was typed, a person's message and an answer in turn; the last one is a person's."""
        turns = (self.data.getlist("turn") if self.is_bound else self.initial["turns"])[:MAX_TURNS] or [""]
        turns = turns if len(turns) % 2 else [*turns, ""]
        return [*turns, "", ""] if "_turn" in self.data and len(turns) < MAX_TURNS else turns

    @property
    def chosen(self) -> dict:
        """The values of all fields, as they were sent or as they begin."""
        if not self.is_bound:
            return self.initial
        one = {
            name: self.data.get(name, "")
            for name in ("source", "another", "typed", "case", "question", "conversation")
        }
        chosen_models = [each for each in self.data.getlist("models") if each]
        return one | {"versions": self.data.getlist("versions"), "models": chosen_models}

    @property
    def model_choices(self) -> list[str]:
        """The chosen model of each of the fields for models."""
        return [*self.chosen["models"], *[""] * MAX_MODELS][:MAX_MODELS]

    @property
    def gone(self) -> list[str]:
        """The chosen models that are not offered to the person any more."""
        offered = {each.name for each in self.offered}
        return [name for name in self.chosen["models"] if name not in offered]

    # What is checked.

    def clean_models(self):
        chosen = list(dict.fromkeys(each for each in self.cleaned_data["models"] if each))
        if not chosen:
            raise forms.ValidationError("Choose a model.")
        if len(chosen) > MAX_MODELS:
            raise forms.ValidationError(f"Choose at most {MAX_MODELS} models.")
        return chosen

    def clean_typed(self):
        typed = self.cleaned_data["typed"].replace("\r\n", "\n")
        if not typed.strip():
            return ""
        known = PromptVariable.objects.filter(prompt__in=[self.prompt]) | PromptVariable.objects.filter(
            prompt=None
        )
        snippets = dict(PromptSnippet.objects.values_list("name", "text"))
        if found := refusals(typed, known.values_list("name", flat=True), snippets):
            raise forms.ValidationError(found)
        return with_snippets(typed, snippets)

    def clean(self):
        cleaned = super().clean()
        source = cleaned.get("source") or Sources.TYPED
        self.messages = getattr(self, f"_messages_{source}")(cleaned)
        self.columns = self.columns_of(cleaned)
        self._check_columns(cleaned)
        return cleaned | {"source": source}

    def _messages_typed(self, cleaned) -> list[dict[str, str]]:
        turns = [each.strip().replace("\r\n", "\n") for each in self.data.getlist("turn")[:MAX_TURNS]]
        while len(turns) > 1 and not turns[-1]:
            turns.pop()
        if not turns or not turns[0]:
            self.add_error("source", "Write what to ask.")
        elif not all(turns) or len(turns) % 2 == 0:
            self.add_error(
                "source", "A person and the model take turns: fill in each message up to a person’s last."
            )
        elif any(len(each) > MAX_TEXT_CHARACTERS or "\0" in each for each in turns):
            self.add_error("source", f"{MAX_TEXT_CHARACTERS:,} characters is the most for a message.")
        return [
            {"role": Role.ASSISTANT if number % 2 else Role.USER, "text": text}
            for number, text in enumerate(turns)
        ]

    def _messages_case(self, cleaned) -> list[dict[str, str]]:
        self.case = next((each for each in self.cases if each.pk == cleaned.get("case")), None)
        if self.case is None:
            self.add_error("source", "Choose a case.")
            return []
        return self.case.messages

    def _messages_past(self, cleaned) -> list[dict[str, str]]:
        found = self._chosen_question(cleaned)
        if found is None:
            self.add_error("source", "Choose a question of a past conversation.")
            return []
        self.picked = found
        is_others = not found.is_shared and self.needs_reason(found.message.conversation)
        if is_others and not self.check_reason(cleaned):
            return []
        return found.messages

    def _chosen_question(self, cleaned) -> Question | None:
        """Return the question that was chosen, if the person may try it."""
        found = past_questions.question(cleaned["question"]) if cleaned.get("question") else None
        if found is None or is_own(self.user, found) or cleaned.get("conversation") and may_read(self.user):
            return found
        # Without the permission, and without a conversation that was opened, there is only what was shared.
        shared = past_questions.shared_questions(self.prompt)
        return next((each for each in shared if each.pk == found.pk), None)

    def needs_reason(self, conversation: Conversation) -> bool:
        return conversation.owner_id != self.user.pk

    def check_reason(self, cleaned) -> bool:
        if len((cleaned.get("reason") or "").strip()) >= MIN_REASON_CHARACTERS:
            return True
        self.add_error("reason", "Write why you read it. The owner will see it.")
        return False

    def columns_of(self, cleaned) -> list[Column]:
        """Return the columns of these values: each text asks each model. Those of one model are neighbours."""
        numbers = [*cleaned.get("versions", []), *([cleaned["another"]] if cleaned.get("another") else [])]
        texts = [(self.every[number], "") for number in dict.fromkeys(numbers)]
        texts += [(None, cleaned["typed"])] if cleaned.get("typed") else []
        by_name = {each.name: each for each in self.offered}
        asked = [by_name[name] for name in cleaned.get("models", [])]
        return [Column(version, typed, model) for model in asked for version, typed in texts]

    def _check_columns(self, cleaned) -> None:
        if not any(cleaned.get(name) for name in ("versions", "another", "typed")) and "typed" in cleaned:
            self.add_error("versions", "Choose a version, or write a text.")
        if len(self.columns) > MAX_COLUMNS:
            self.add_error("versions", f"These are {len(self.columns)} answers; {MAX_COLUMNS} is the most.")

    def _usual(self) -> dict:
        """Return the values of an empty form: the live version and the draft, with the default model."""
        default = default_for(self.user.pk, among=self.offered)
        usual = [each.number for each, mark in self.marked if mark != "on trial"] or [
            max(self.every, default=0)
        ]
        return {
            "source": Sources.TYPED,
            "turns": [""],
            "versions": [str(number) for number in usual],
            "another": "",
            "typed": "",
            "models": [default.name] if default else [],
            "case": "",
            "question": "",
            "conversation": "",
        }


def _of(tried: Tryout) -> dict:
    """Return the values with which a tryout was made."""
    made = [each for each in tried.answers.all() if each.given is None]
    is_typed = tried.source == Sources.TYPED
    return {
        "source": tried.source,
        "turns": [each["text"] for each in tried.messages] if is_typed else [""],
        "versions": list(dict.fromkeys(str(each.version.number) for each in made if each.version)),
        "another": "",
        "typed": next((each.typed for each in made if each.typed), ""),
        "models": list(dict.fromkeys(each.model for each in made)),
        "case": str(tried.case_id or ""),
        "question": str(tried.question_id or ""),
        "conversation": "",
    }
