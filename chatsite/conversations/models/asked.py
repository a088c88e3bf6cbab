"""What an answer was asked with, and what it took by that where its server reported no tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatsite.prompts.models.version import estimated_tokens
from chatsite.providers.models import Model
from chatsite.usage.ledger import Use


@dataclass(frozen=True, slots=True)
class Asked:
    """The messages that were sent, and the models that could answer. It is kept while the answer is written."""

    request: Sequence[dict[str, str]] = ()
    models: Sequence[Model] = ()

    def estimated(self, use: Use, written: str) -> Use:
        """Return a use with its tokens and cost estimated by what was sent and written: a limit that a Stop kept empty
        would be none. Nothing is counted for an answer without a word."""
        if not written:
            return use
        sent = use.input_tokens
        if sent is None:
            sent = sum(estimated_tokens(message["content"]) for message in self.request)
        output = estimated_tokens(written)
        model = next((each for each in self.models if each.provider_id == use.provider), None)
        cost = model.cost(sent, output) if model else None
        return replace(use, input_tokens=sent, output_tokens=output, cost=cost, is_estimated=True)
