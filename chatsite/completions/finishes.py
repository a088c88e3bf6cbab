"""Why an answer ended: the many words of servers for the few reasons that matter."""

LENGTH, CONTENT_FILTER = "length", "content_filter"
# Characters of a server's own word that a sentence quotes.
MAX_REASON_CHARACTERS = 100

_SYNONYMS = {
    **dict.fromkeys(
        (
            "max_tokens",
            "max_output_tokens",
            "model_length",
            "max_length",
            "error_limit",
            "model_context_window_exceeded",
        ),
        LENGTH,
    ),
    **dict.fromkeys(
        (
            "content_filtered",
            "guardrail_intervened",
            "error_toxic",
            "safety",
            "image_safety",
            "sensitive",
            "recitation",
            "prohibited_content",
            "blocklist",
            "spii",
        ),
        CONTENT_FILTER,
    ),
}
# The server answered with 200 and still failed.
FAILED = frozenset({"error", "insufficient_system_resource", "network_error"})
# Ends that say nothing about an answer without text.
_USUAL = frozenset({"stop", "end_turn", "eos", "eos_token", "stop_sequence"})
# Ends that say why there is no text. Another server need not be asked.
TELLING = frozenset({LENGTH, CONTENT_FILTER, "refusal", "tool_calls", "function_call"})


def standard(reason: str) -> str:
    """The reason in OpenAI's word, where it has one for it; else as it came."""
    word = reason.lower().replace("-", "_")
    if word in (LENGTH, CONTENT_FILTER):
        return word
    return _SYNONYMS.get(word, reason)


def no_answer(reason: str | None) -> str:
    """The sentence for an answer in which there was nothing."""
    if not reason or reason.lower() in _USUAL:
        return "The model server sent no answer."
    return f"The model server sent no answer. It gave “{reason[:MAX_REASON_CHARACTERS]}” as the reason."
