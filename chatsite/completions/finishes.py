"""Why an answer ended: the many words of servers for the few reasons that matter."""

LENGTH, CONTENT_FILTER = "length", "content_filter"

_SYNONYMS = {
    **dict.fromkeys(("max_tokens", "model_length", "max_length", "model_context_window_exceeded"), LENGTH),
    **dict.fromkeys(
        ("content_filtered", "safety", "sensitive", "recitation", "prohibited_content", "blocklist", "spii"),
        CONTENT_FILTER,
    ),
}
# The server answered with 200 and failed all the same.
FAILED = frozenset({"error", "insufficient_system_resource", "network_error"})
# Ends that say why there is no text. Another server need not be asked.
TELLING = frozenset({LENGTH, CONTENT_FILTER, "refusal", "tool_calls", "function_call"})


def standard(reason: str) -> str:
    """The reason in OpenAI's word, where it has one for it; else as it came."""
    return _SYNONYMS.get(reason.lower(), reason)
