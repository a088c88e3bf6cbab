"""A provider whose key, header or address cannot be sent says so in the chat."""

import pytest

from chatsite.providers.models import Model, Provider

pytestmark = pytest.mark.django_db(transaction=True)

UNUSABLE = {
    "key": ({"key": "sk-t\u00ebst"}, "The API key has characters that cannot be sent in a header."),
    "header": ({"headers": {"X-Team": "a\nb"}}, "The value of the header X-Team must be a text of one line"),
    "header's name": ({"headers": {"X Team": "a"}}, "A header's name can have letters"),
    "header of no text": (
        {"headers": {"X-Team": 7}},
        "The value of the header X-Team must be a text of one line",
    ),
    "headers as a list": ({"headers": ["X-Team"]}, "The headers must be a JSON object of texts."),
    "address": ({"base_url": "ftp://model.example"}, "The base URL must begin with http://"),
    "time": ({"idle_timeout": 0}, "A timeout must be a number of seconds above 0."),
}


@pytest.mark.parametrize(("fields", "sentence"), UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_an_unusable_provider_is_told_in_the_chat(alice, provider, open_page, fields, sentence):
    stored = await Provider.objects.aget()
    for name, value in fields.items():
        setattr(stored, name, value)
    await stored.asave()
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    assert (finished["status"], finished["error"]["kind"]) == ("failed", "configuration")
    assert sentence in finished["error"]["detail"]
    assert "t\u00ebst" not in finished["html"]


async def test_another_provider_of_the_model_answers_in_its_place(alice, provider, upstream, open_page):
    other = await Provider.objects.acreate(
        name="Broken", base_url=upstream.base_url, key="\u00eb", priority=9
    )
    name = (await Model.objects.afirst()).name
    await Model.objects.acreate(provider=other, name=name)
    page = await open_page(alice)
    await page.ask("Hello?")
    assert (await page.until("reply.finished"))["status"] == "complete"
