"""Errors of httpx, aiohttp and the system as errors of the tree, each with the sentence for its cause."""

import aiohttp
import httpx

from chatsite.completions.errors import APIConnectionError, APITimeoutError

BROKEN = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, aiohttp.ClientError, OSError, EOFError)
_UNREACHED = (aiohttp.ClientConnectorError, httpx.ConnectError, ConnectionRefusedError)

# By OpenSSL's number for what is wrong with a certificate; any other one means that it is not trusted.
_CERTIFICATES = {
    9: "The model server's certificate is not valid yet, by the clock of this machine.",
    10: "The model server's certificate has expired.",
    18: "The model server's certificate is signed by itself, and not trusted. Name it in CHATSITE_CA_FILE.",
    62: "The model server's certificate is for another name than that of its address.",
    64: "The model server's certificate is for another name than that of its address.",
}
_UNTRUSTED = (
    "The model server's certificate is not trusted. Where it comes from an authority of your own, name that in "
    "CHATSITE_CA_FILE."
)


def certificate_sentence(number: int | None) -> str:
    """The sentence for a certificate that is not accepted; number: OpenSSL's for why."""
    return _CERTIFICATES.get(number or 0, _UNTRUSTED)


def translated(error: Exception) -> APIConnectionError:
    """The error of the tree for this one."""
    # httpx-aiohttp names some broken connections timeouts; what aiohttp itself raised distinguishes them.
    first = error.__cause__ or error
    if isinstance(first, (TimeoutError, httpx.TimeoutException)):
        return APITimeoutError("The model server could not be reached in time.")
    if isinstance(first, aiohttp.ClientConnectorCertificateError):
        number = getattr(first.certificate_error, "verify_code", None)
        return APIConnectionError(certificate_sentence(number), retryable=False)
    if isinstance(first, aiohttp.ClientConnectorSSLError):
        return APIConnectionError("The model server does not speak HTTPS at this address.", retryable=False)
    if isinstance(first, aiohttp.ClientProxyConnectionError):
        return APIConnectionError("The proxy that CHATSITE_PROXY names cannot be reached.")
    if isinstance(first, (aiohttp.ClientHttpProxyError, httpx.ProxyError)):
        return _refused_by_proxy(getattr(first, "status", 0))
    if isinstance(first, aiohttp.ClientConnectorError) and _is_handshake(first):
        return APIConnectionError("The model server ended the connection before HTTPS was agreed on.")
    if isinstance(first, _UNREACHED):
        return APIConnectionError("The model server cannot be reached.")
    return APIConnectionError("The connection to the model server broke.")


def _is_handshake(error: aiohttp.ClientConnectorError) -> bool:
    """Whether the server was reached, and hung up while TLS was being agreed on."""
    return bool(error.ssl) and isinstance(error.os_error, ConnectionResetError)


def _refused_by_proxy(status: int) -> APIConnectionError:
    if status == 407:
        sentence = "The proxy that CHATSITE_PROXY names asks for a name and a password (407)."
    elif status >= 500:
        sentence = f"The proxy that CHATSITE_PROXY names cannot reach the model server ({status})."
    else:
        sentence = f"The proxy that CHATSITE_PROXY names refused the connection ({status})."
    return APIConnectionError(sentence, retryable=status >= 500)
