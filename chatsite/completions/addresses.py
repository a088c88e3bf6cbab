"""Base URLs of model servers: what the client can use, and what a site may store."""

import httpx

_UNUSABLE = (
    "The base URL must begin with http:// or https:// and name a host, like http://localhost:11434/v1."
)
_BLANK = "The base URL must not have blanks in it."
_USERINFO = "The base URL must not hold a name or password. Give the key as the API key."
_TAIL = "The base URL must end before a “?” or “#”, like http://localhost:11434/v1."
_ENDPOINT = "The base URL must end before “{}”, like http://localhost:11434/v1."
MAX_CHARACTERS = 500
MAX_LABEL_CHARACTERS = 63
_TOO_LONG = f"The base URL must not be longer than {MAX_CHARACTERS} characters."
# What the client appends by itself.
_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models")


def parsed(base_url: str) -> tuple[httpx.URL, str]:
    """Return the URL without its userinfo, and the userinfo. Raises ValueError with a sentence."""
    try:
        url = httpx.URL(base_url.strip())
        usable = (
            url.scheme in ("http", "https")
            and (url.port is None or 0 < url.port < 65536)
            and _is_host(url.raw_host.decode("ascii"))
            and " " not in base_url.strip()
        )
    except (httpx.InvalidURL, ValueError, TypeError, AttributeError) as error:
        raise ValueError(_UNUSABLE) from error
    if not usable:
        raise ValueError(_UNUSABLE)
    return url.copy_with(userinfo=b"", fragment=None), url.userinfo.decode("ascii")


def checked_base_url(base_url: str) -> str:
    """The base URL without blanks around it. Raises ValueError, with a sentence, for one that a site must not store:
    the client's own reasons, secrets in it, and what would make every request fail."""
    text = base_url.strip()
    if len(text) > MAX_CHARACTERS:
        raise ValueError(_TOO_LONG)
    if any(character.isspace() for character in text):
        raise ValueError(_BLANK)
    url, userinfo = parsed(text)
    if userinfo or "@" in text.split("://", 1)[1].split("/", 1)[0]:
        raise ValueError(_USERINFO)
    if "?" in text or "#" in text:
        raise ValueError(_TAIL)
    for endpoint in _ENDPOINTS:
        if url.path.rstrip("/").endswith(endpoint):
            raise ValueError(_ENDPOINT.format(endpoint))
    return text


def _is_host(host: str) -> bool:
    """Whether a host can be looked up: an address, or labels of a length that names have."""
    labels = host.removesuffix(".").split(".")
    return "%" not in host and (
        ":" in host or all(0 < len(label) <= MAX_LABEL_CHARACTERS for label in labels)
    )


def origin_of(base_url: str) -> tuple[str, str, int]:
    """Scheme, host and port: the server that a base URL leads to. Raises ValueError."""
    url, _ = parsed(base_url)
    return url.scheme, url.host, port_of(url)


def port_of(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
