"""A database of the release before: what its rows become."""

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from chatsite.providers.models import Model, Provider
from chatsite.providers.serving import choices_for, serving
from tests.harness.migrations import migrated_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def before():
    """The models of the first release."""
    with migrated_to(("providers", "0001_initial")) as apps:
        yield apps


@pytest.fixture
def provider(before):
    return before.get_model("providers", "Provider").objects.create(name="Mine", base_url="http://ollama/v1")


@pytest.fixture
def add(before, provider):
    """Adds a model's row; `log`: what the admin's log has of it."""

    def add(name: str, *log: tuple[int, str], **fields):
        row = before.get_model("providers", "Model").objects.create(provider=provider, name=name, **fields)
        kind = ContentType.objects.get(app_label="providers", model="model")
        user, _ = User.objects.get_or_create(username="root")
        for flag, message in log:
            LogEntry.objects.create(
                user=user, content_type=kind, object_id=row.pk, object_repr=name, action_flag=flag,
                change_message=message,
            )  # fmt: skip

    return add


def now(name: str) -> Model:
    call_command("migrate", verbosity=0)
    return Model.objects.get(name=name)


def test_a_model_that_an_admin_had_added_is_offered_again(add):
    add("tuned", (ADDITION, '[{"added": {}}]'), available=False, context_window=600)
    model = now("tuned")
    assert (model.made_by, model.available, model.offered, model.window) == ("admin", True, True, 600)
    assert model.context_window == 600


def test_a_listed_model_follows_its_list(add):
    add("large", context_window=600)
    add("gone", available=False)
    model = now("large")
    assert (model.made_by, model.kind, model.context_window, model.listed_window) == (
        "list",
        "chat",
        None,
        600,
    )
    assert not Model.objects.get(name="gone").available


def test_a_context_window_that_an_admin_set_stays(add):
    add("large", (CHANGE, '[{"changed": {"fields": ["Context window"]}}]'), context_window=600)
    assert now("large").context_window == 600


def test_what_an_admin_chose_survives(add):
    add("off", enabled=False)
    add("chosen", default=True)
    add("bge-m3", (CHANGE, '[{"changed": {"fields": ["Label"]}}]'))
    assert not now("off").offered
    assert Model.objects.get(name="chosen").default
    assert Model.objects.get(name="bge-m3").offered


def test_an_embedder_that_was_offered_by_itself_is_offered_no_more(add):
    add("nomic-embed-text:latest")
    model = now("nomic-embed-text:latest")
    assert (model.kind, model.offered) == ("embedding", False)


def test_a_provider_that_the_site_had_switched_off_is_one_without_use(before):
    providers = before.get_model("providers", "Provider").objects
    providers.create(name="Demo", base_url="http://demo.invalid/v1", origin="demo", enabled=False)
    providers.create(name="Off", base_url="http://ollama/v1", enabled=False)
    call_command("migrate", verbosity=0)
    assert list(Provider.objects.order_by("name").values_list("enabled", "applies")) == [
        (True, False),
        (False, True),
    ]


def test_a_password_in_an_address_is_sent_from_a_header(before):
    before.get_model("providers", "Provider").objects.create(name="Mine", base_url="http://ann:p%40ss@h:1/v1")
    call_command("migrate", verbosity=0)
    provider = Provider.objects.get()
    assert (provider.base_url, provider.headers) == ("http://h:1/v1", {"Authorization": "Basic YW5uOnBAc3M="})


def test_a_provider_of_the_release_before_has_not_failed_yet(database):
    with migrated_to(("providers", "0006_groups_and_parameters")) as old:
        providers = old.get_model("providers", "Provider").objects
        providers.create(name="Mine", base_url="http://ollama/v1", error="It was away.", is_unreachable=True)
    provider = Provider.objects.get()
    assert (provider.name, provider.error, provider.is_unreachable) == ("Mine", "It was away.", True)
    assert (provider.failures, provider.failure, provider.is_resting) == (0, "", False)


def test_models_of_the_release_before_are_for_everyone_and_send_what_they_sent(database):
    alice = User.objects.create_user("alice")
    with migrated_to(("providers", "0005_encrypted_secrets")) as old:
        provider = old.get_model("providers", "Provider").objects.create(
            name="Mine", base_url="http://ollama/v1"
        )
        models = old.get_model("providers", "Model").objects
        models.create(provider=provider, name="large", input_price=2, context_window=600, default=True)
        models.create(provider=provider, name="off", offered=False)
    (large,) = choices_for(alice.pk)
    assert (large.name, large.input_price, large.window, large.default) == ("large", 2, 600, True)
    assert (large.default_params, large.system_as_user) == ({}, False)
    large.groups.add(Group.objects.create(name="writers"))
    assert (choices_for(alice.pk), serving("large", alice.pk)) == ([], [])
    alice.groups.add(Group.objects.get(name="writers"))
    assert serving("large", alice.pk) == choices_for(alice.pk) == [large]


def test_an_ability_that_was_ticked_stays_and_others_follow_the_list(database):
    with migrated_to(("providers", "0007_rests")) as old:
        provider = old.get_model("providers", "Provider").objects.create(
            name="Mine", base_url="http://ollama/v1"
        )
        models = old.get_model("providers", "Model").objects
        models.create(
            provider=provider,
            name="large",
            images=True,
            reasoning_effort="low",
            reasoning=True,
            input_price=2,
        )
    large = Model.objects.get()
    assert (large.images, large.tools, large.reasoning, large.listed_tools) == (True, None, True, None)
    assert (large.abilities, large.input_price, large.reasoning_effort) == (["images", "reasoning"], 2, "low")
    with migrated_to(("providers", "0007_rests")) as old:
        before = old.get_model("providers", "Model").objects.get()
    assert (before.images, before.tools, before.reasoning) == (True, False, True)
