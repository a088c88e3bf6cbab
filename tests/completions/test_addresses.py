"""Base URLs that a site may store."""

import pytest

from chatsite.completions.addresses import checked_base_url, origin_of

GOOD = [
    "http://ollama:11434/v1",
    "http://my_server/v1",
    "http://model-server.default.svc.cluster.local:8080/v1",
    "http://127.0.0.1:8080/v1/",
    "http://[::1]:8080/v1",
    "https://api.openai.com/v1",
    "https://openrouter.ai/api/v1",
    "http://Ollama/v1",
    "http://host.docker.internal:1234/v1",
    "http://köln/v1",
]
BAD = {
    "ollama:11434/v1": "begin with http",
    "localhost": "begin with http",
    "ftp://ollama/v1": "begin with http",
    "file:///etc/passwd": "begin with http",
    "http://": "name a host",
    "http:///v1": "name a host",
    "http://ollama:0/v1": "begin with http",
    "http://ollama:99999/v1": "begin with http",
    "http://my server/v1": "blanks",
    "http://ollama/v1 http://other/v1": "blanks",
    "http://ollama/v1\thttp://other": "blanks",
    "http://ann:secret@ollama/v1": "name or password",
    "http://ann@ollama/v1": "name or password",
    "http://@ollama/v1": "name or password",
    "http://ollama/v1?key=secret": "before a “\\?”",
    "http://ollama/v1#part": "before a “\\?”",
    "http://ollama/v1/chat/completions": "before “/chat/completions”",
    "http://ollama/v1/chat/completions/": "before “/chat/completions”",
    "http://ollama/v1/models": "before “/models”",
    "http://ollama/" + "v" * 500: "longer than 500",
}


@pytest.mark.parametrize("url", GOOD)
def test_an_address_of_a_home_or_compose_network_can_be_stored(url):
    assert checked_base_url(f" {url}\n") == url


@pytest.mark.parametrize(("url", "reason"), BAD.items())
def test_an_address_that_cannot_work_or_holds_a_secret_is_refused_with_a_sentence(url, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        checked_base_url(url)
    assert "secret" not in str(caught.value)


def test_a_server_is_its_scheme_host_and_port():
    assert origin_of("HTTP://Ollama/v1") == origin_of("http://ollama:80/other") == ("http", "ollama", 80)
    assert len({origin_of(f"{scheme}://a:1/v1") for scheme in ("http", "https")}) == 2
