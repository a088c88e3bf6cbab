"""What an answer was asked with. Its use is estimated from that if the server reports no tokens."""

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

    def completed(self, use: Use, written: str) -> Use:
        """Return a use with tokens and cost, estimated from what was sent and written if the server reported none.
        Otherwise a person who stops each answer would never reach a limit. An answer without text counts no tokens."""
        if use.output_tokens is not None or not written:
            return use
        sent = use.input_tokens
        if sent is None:
            sent = sum(estimated_tokens(message["content"]) for message in self.request)
        output = estimated_tokens(written)
        model = next((each for each in self.models if each.provider_id == use.provider), None)
        cost = model.cost(sent, output) if model else None
        return replace(use, input_tokens=sent, output_tokens=output, cost=cost, is_estimated=True)
