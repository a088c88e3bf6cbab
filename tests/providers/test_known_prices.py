"""Prices that a package knows, filled in on request."""

import socket
import sys
from decimal import Decimal

import pytest

from chatsite.audit.models import Event
from chatsite.providers import known_prices
from chatsite.providers.known_prices import known_of
from chatsite.providers.models import Model, Provider
from tests.providers.forms import model_form
from tests.providers.test_model_admin import act, notes, url

pytestmark = pytest.mark.django_db

OPENAI = "https://api.openai.com/v1"


@pytest.fixture
def model() -> Model:
    provider = Provider.objects.create(name="OpenAI", base_url=OPENAI)
    return Model.objects.create(provider=provider, name="gpt-4o")


@pytest.fixture
def not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, known_prices.PACKAGE, None)


def test_prices_are_known_without_the_network(monkeypatch):
    known_prices._package.cache_clear()
    monkeypatch.setattr(socket, "socket", None)
    known = known_of("gpt-4o", OPENAI)
    assert known.input_price > 0 and known.output_price > known.input_price
    assert known.context_window >= 100_000


@pytest.mark.parametrize(
    ("name", "base_url"), [("gpt-4o", "http://127.0.0.1:8000/v1"), ("no-such-model", OPENAI), ("", OPENAI)]
)
def test_a_server_of_ones_own_or_an_unknown_model_has_no_known_price(name, base_url):
    assert known_of(name, base_url) is None


def test_of_a_price_that_rises_the_lowest_is_taken():
    known = known_of("gemini-2.5-pro", "https://generativelanguage.googleapis.com/v1beta/openai")
    assert known.input_price == Decimal("1.25")


def test_the_button_fills_in_what_is_empty_and_saves_nothing(admin, model):
    typed = model_form(model, title="GPT", output_price="99", _prices="Fill in known prices")
    response = admin.post(url(model), typed)
    form = response.context["adminform"].form
    assert Decimal(form["input_price"].value()) == known_of("gpt-4o", OPENAI).input_price
    assert (form["output_price"].value(), form["title"].value()) == ("99", "GPT")
    page = response.content.decode()
    assert "Filled in: context window, input price. Nothing is saved yet." in page.replace(
        "input price, context window", "context window, input price"
    )
    assert "Please correct the error" not in page
    model.refresh_from_db()
    assert (model.input_price, model.title) == (None, "")


def test_the_button_says_where_nothing_is_known(admin, model):
    Provider.objects.update(base_url="http://127.0.0.1:8000/v1")
    response = admin.post(url(model), model_form(model, _prices="1"))
    assert "Nothing is known of this model" in response.content.decode()


def test_many_are_filled_in_after_a_page_that_shows_what_changes(admin, model):
    mine = Model.objects.create(provider=model.provider, name="gpt-4.1", input_price=1, output_price=1)
    unknown = Model.objects.create(provider=model.provider, name="unknown")
    page = act(admin, "fill_in_prices", model, mine, unknown)
    html = page.content.decode()
    assert [(change.model, change.overwrites) for change in page.context["changes"]] == [
        (mine, True),
        (model, False),
    ]
    assert "Nothing more is known of 1 of the chosen models." in html
    assert not Model.objects.filter(name="gpt-4o", input_price__gt=0).exists()
    said = notes(act(admin, "fill_in_prices", model, mine, unknown, confirmed=1, chosen=[model.pk]))
    assert "What is known of 1 model is filled in." in said
    model.refresh_from_db()
    mine.refresh_from_db()
    known = known_of("gpt-4o", OPENAI)
    assert (model.input_price, model.context_window) == (known.input_price, known.context_window)
    assert mine.input_price == 1
    assert Event.objects.get().after["input_price"] == str(known.input_price)
    assert "Nothing more is known" in notes(act(admin, "fill_in_prices", model))


def test_a_window_that_the_provider_lists_stays(admin, model):
    Model.objects.update(listed_window=1000)
    act(admin, "fill_in_prices", model, confirmed=1, chosen=[model.pk])
    model.refresh_from_db()
    assert model.input_price and model.window == 1000


def test_prices_that_the_provider_lists_are_not_filled_in_again(admin, model):
    Model.objects.update(listed_window=1000, listed_input_price=1, listed_output_price=2)
    assert "Nothing more is known" in notes(act(admin, "fill_in_prices", model))


def test_without_the_package_neither_button_nor_action_is_there(admin, model, not_installed):
    for page in (admin.get("/admin/providers/model/"), admin.get(url(model))):
        html = page.content.decode()
        assert "Fill in known prices" not in html
