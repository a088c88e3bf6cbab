"""A server's own words made fit to show: no keys, no addresses, no markup, not too long."""

import re

LONGEST = 500

_ENDINGS = (
    "com|net|org|io|ai|dev|app|cloud|local|internal|lan|corp|home|svc|cluster|invalid|example|test"
    "|ru|de|cn|eu|fr|uk|us|co"
)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S+"  # URLs
    r"|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail addresses
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"  # IPv4
    r"|\[?\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\b\]?(?::\d+)?"  # IPv6
    rf"|\b(?:[\w-]+\.)+(?:{_ENDINGS})\b(?::\d+)?(?:/\S*)?"  # host names
    r"|(?<![\w/])/(?:home|root|usr|var|tmp|opt|srv|etc|mnt|app|data)/\S+"  # files
    r"|\blocalhost\b(?::\d+)?|\b[\w.-]+:\d{4,5}\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:bearer|basic|api[-_ ]?key|token)\s*[:=]?\s+[\w.~+/=*-]{6,}"
    r"|\b(?:sk|pk|rk|key|gsk|hf|xai|r8|ghp|AIza)[-_][\w*.-]{4,}"
    r"|\bAIza[\w-]{8,}"
    r"|\b(?=[\w*-]*\d)(?=[\w*-]*[A-Za-z*])[\w*+/=-]{24,}",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def masked(text: str, secret: str | None = None, longest: int = LONGEST) -> str | None:
    """One line of at most `longest` characters without keys and addresses; None when nothing showable is
    left.

    `secret` is the key in use, which is removed wherever it stands.
    """
    if _MARKUP.search(text[:2000]):
        return None
    text = text[: longest * 8]
    if secret:
        text = text.replace(secret, "[key]")
    text = _ADDRESS.sub("[address]", _KEY.sub("[key]", _CONTROL.sub(" ", text)))
    text = " ".join(text.split())
    return (text if len(text) <= longest else text[: longest - 1] + "…") or None
