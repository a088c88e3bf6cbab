"""The columns of a tryout: which text asks which model, and what the answers will cost."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Avg
from django.utils import timezone

from chatsite.conversations.models import Completion
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.models.version import estimated_tokens
from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model
from chatsite.providers.serving import choices_for
from chatsite.tryouts.models import Tryout, TryoutAnswer

MAX_COLUMNS = 12
MAX_MODELS = 3
# The assumed tokens of an answer where the prompt has no recent ones.
USUAL_ANSWER_TOKENS = 300
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Column:
    """A version, or a text that was never saved; and a model."""

    version: SystemPromptVersion | None
    typed: str
    model: Model

    @property
    def tokens(self) -> int:
        return self.version.tokens if self.version else estimated_tokens(self.typed)

    def answer(self, tryout: Tryout) -> TryoutAnswer:
        """Return its answer, to be saved."""
        return TryoutAnswer(tryout=tryout, version=self.version, typed=self.typed, model=self.model.name)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many answers, and about what they cost; None where a price is unknown."""

    answers: int
    cost: Decimal | None


def estimate(columns: list[Column], tokens: int, answer_tokens: int) -> Estimate:
    """Return what these columns will take. tokens: of the messages."""
    costs = [each.model.cost(each.tokens + tokens, answer_tokens) for each in columns]
    known = [cost for cost in costs if cost is not None]
    return Estimate(len(columns), sum(known, Decimal()) if len(known) == len(costs) else None)


def message_tokens(messages: list[dict[str, str]]) -> int:
    return sum(estimated_tokens(each["text"]) for each in messages)


def answer_tokens(prompt: SystemPrompt) -> int:
    """Return the average tokens of recent answers of this prompt."""
    recent = Completion.objects.filter(prompt_version__prompt=prompt, started__gte=timezone.now() - LATELY)
    return round(recent.aggregate(mean=Avg("completion_tokens"))["mean"] or USUAL_ANSWER_TOKENS)


def models(person: int) -> list[Model]:
    """Return the models for chat that a person may use, one of each name."""
    return [each for each in choices_for(person) if each.kind == Kind.CHAT]
