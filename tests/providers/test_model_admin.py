"""Models as an admin sees and changes them."""

import pytest
from django.contrib.auth.models import Group, Permission, User

from chatsite.audit.models import Event
from chatsite.providers.models import Model
from tests.providers.forms import model_form, stored

pytestmark = pytest.mark.django_db

LIST = "/admin/providers/model/"


@pytest.fixture
def model() -> Model:
    return Model.objects.create(provider=stored(), name="large")


@pytest.fixture
def sales() -> Group:
    """A group with alice, and with bob, who is not active."""
    group = Group.objects.create(name="Sales")
    group.user_set.add(User.objects.create_user("alice"), User.objects.create_user("bob", is_active=False))
    return group


def url(model: Model) -> str:
    return f"{LIST}{model.pk}/change/"


def errors(admin, model: Model, **fields) -> dict[str, list[str]]:
    """Save a model's page; returns the sentences at its fields."""
    response = admin.post(url(model), model_form(model, **fields))
    return dict(response.context["adminform"].form.errors) if response.context else {}


def act(admin, action: str, *models: Model, **fields):
    chosen = {"action": action, "_selected_action": [model.pk for model in models]}
    return admin.post(LIST, chosen | fields, follow=True)


def notes(response) -> str:
    return " ".join(str(note) for note in response.context["messages"])


def test_default_parameters_abilities_and_groups_are_saved_and_leave_an_event(admin, model, sales):
    fields = {
        "temperature": "0.2",
        "max_tokens": 500,
        "reasoning": "true",
        "reasoning_effort": "low",
        "other_params": '{"seed": 7}',
        "system_as_user": "on",
        "groups": [sales.pk],
    }
    assert errors(admin, model, **fields) == {}
    model.refresh_from_db()
    assert model.default_params == {
        "temperature": 0.2,
        "max_tokens": 500,
        "reasoning_effort": "low",
        "seed": 7,
    }
    assert model.system_as_user and list(model.groups.all()) == [sales]
    event = Event.objects.get(verb="changed")
    assert (event.before["groups"], event.after["groups"]) == ([], ["Sales"])
    assert event.after["temperature"] == "0.2"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("temperature", "5", "less than or equal to 2"),
        ("temperature", "nan", "Enter a number"),
        ("top_p", "1.5", "less than or equal to 1"),
        ("max_tokens", "0", "greater than or equal to 1"),
        ("input_price", "-1", "greater than or equal to 0"),
        ("other_params", "[1]", "Write a JSON object"),
        ("other_params", "seed: 1", "Write a JSON object"),
        ("other_params", "[" * 5000, "Write a JSON object"),
        ("other_params", f'{{"seed": {"9" * 5000}}}', "Write a JSON object"),
        ("other_params", '{"messages": []}', "“messages” cannot be set here"),
        ("other_params", '{"stream": false}', "“stream” cannot be set here"),
        ("other_params", '{"model": "small"}', "“model” cannot be set here"),
        ("other_params", '{"temperature": 1}', "“temperature” has a field of its own"),
        ("other_params", '{"seed": NaN}', "cannot be sent"),
        ("reasoning_effort", "high", "Only a model that reasons"),
        ("groups", "999", "999"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(admin, model, field, typed, sentence):
    response = admin.post(url(model), model_form(model, title="Kept", **{field: typed}))
    form = response.context["adminform"].form
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0] and form["title"].value() == "Kept"
    model.refresh_from_db()
    assert (model.title, model.default_params) == ("", {})


def test_of_two_limits_of_tokens_one_can_be_set(admin, model):
    fields = {"max_tokens": 5, "other_params": '{"max_completion_tokens": 9}'}
    assert "Set max_completion_tokens or max_tokens" in errors(admin, model, **fields)["other_params"][0]


def test_an_admin_offers_chosen_models_to_groups_after_a_page_with_counts(admin, model, sales):
    other = Model.objects.create(provider=model.provider, name="small")
    page = act(admin, "to_groups", model, other).content.decode()
    assert "Sales (1 person)" in page and "Who may use 2 models" in page and "everyone" in page
    assert not model.groups.exists()
    fields = {"confirmed": 1, "who": "groups", "groups": [sales.pk]}
    assert "2 models are for Sales now: 1 person." in notes(act(admin, "to_groups", model, other, **fields))
    assert [list(each.groups.all()) for each in (model, other)] == [[sales], [sales]]
    assert [event.after for event in Event.objects.all()] == [{"groups": ["Sales"]}] * 2
    back = act(admin, "to_groups", model, confirmed=1, who="everyone")
    assert "1 model is for everyone now" in notes(back)
    assert not model.groups.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"who": "groups"}, "Choose at least one group, or everyone."),
        ({}, "This field is required."),
        ({"who": "groups", "groups": ["999"]}, "A group was deleted meanwhile."),
    ],
)
def test_who_chooses_no_group_is_told_so_and_nothing_becomes_open(admin, model, sales, fields, sentence):
    model.groups.add(sales)
    assert sentence in act(admin, "to_groups", model, confirmed=1, **fields).content.decode()
    assert model.groups.exists()


def test_who_ticks_a_group_and_leaves_everyone_is_asked_which_it_is(admin, model, sales):
    page = act(admin, "to_groups", model, confirmed=1, who="everyone", groups=[sales.pk])
    assert "Groups are ticked." in page.content.decode()
    model.groups.add(sales)
    assert "for everyone" in notes(
        act(admin, "to_groups", model, confirmed=1, who="everyone", groups=[sales.pk])
    )


def test_models_that_were_deleted_meanwhile_are_given_to_nobody(admin, model, sales):
    fields = {"confirmed": 1, "who": "groups", "groups": [sales.pk]}
    pk = model.pk
    model.delete()
    model.pk = pk
    assert "These models were deleted meanwhile." in notes(act(admin, "to_groups", model, **fields))


def test_the_page_of_groups_begins_with_what_the_chosen_models_have(admin, model, sales):
    model.groups.add(sales)
    form = act(admin, "to_groups", model).context["form"]
    assert form["who"].value() == "groups" and [*form["groups"].value()] == [sales.pk]


def test_all_models_that_a_filter_shows_go_to_groups_together(admin, model, sales):
    provider = model.provider
    Model.objects.bulk_create([Model(provider=provider, name=f"model-{n}") for n in range(150)])
    page = act(admin, "to_groups", model, select_across=1)
    assert len(page.context["models"]) == 151 and len(page.context["selected"]) == 1
    fields = {"confirmed": 1, "select_across": 1, "who": "groups", "groups": [sales.pk]}
    act(admin, "to_groups", model, **fields)
    assert Model.objects.filter(groups=sales).count() == 151


def test_the_site_picks_another_default_when_its_pick_is_given_to_a_group(admin, model, sales):
    Model.objects.create(provider=model.provider, name="small")
    Model.objects.pick()
    act(admin, "to_groups", model, confirmed=1, who="groups", groups=[sales.pk])
    assert Model.objects.get(picked=True).name == "small"
    assert errors(admin, Model.objects.get(name="small"), groups=[sales.pk]) == {}
    assert not Model.objects.filter(picked=True).exists()


def test_the_list_says_for_whom_each_model_is_and_what_it_costs(admin, model, sales):
    Model.objects.update(input_price=2.5)
    page = admin.get(LIST).content.decode()
    assert "everyone" in page and "2.5 / –" in page
    model.groups.add(sales)
    assert '<td class="field-audience">Sales</td>' in admin.get(LIST).content.decode()


def test_the_list_costs_the_same_statements_however_many_models(admin, model, django_assert_max_num_queries):
    Model.objects.bulk_create([Model(provider=model.provider, name=f"model-{n}") for n in range(90)])
    with django_assert_max_num_queries(16):
        admin.get(LIST)


def test_who_may_only_see_models_can_give_them_to_nobody(client, model, sales):
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_model"))
    client.force_login(viewer)
    act(client, "to_groups", model, confirmed=1, who="groups", groups=[sales.pk])
    assert not model.groups.exists()
    page = client.get(url(model)).content.decode()
    assert "large" in page and "Fill in known prices" not in page


LISTED = {
    "listed_window": 8192,
    "listed_images": True,
    "listed_tools": False,
    "listed_input_price": 1,
    "listed_output_price": 2,
}


def test_a_models_page_says_what_its_list_says(admin, model):
    Model.objects.update(**LISTED)
    page = admin.get(url(model)).content.decode()
    assert "8,192 tokens, images, no tools, 1 / 2 dollars for a million tokens" in page
    for choice in ("says: yes</option>", "says: no</option>", "says: nothing</option>"):
        assert f"as its provider’s list {choice}" in page


def test_saving_a_page_types_nothing_that_came_from_the_list(admin, model):
    Model.objects.update(**LISTED)
    assert errors(admin, model, images="unknown", tools="true", reasoning="unknown") == {}
    model.refresh_from_db()
    assert (model.images, model.tools, model.context_window, model.input_price) == (None, True, None, None)
    assert model.abilities == ["images", "tools"]


def test_an_effort_needs_a_model_that_reasons_by_an_admin_or_by_its_list(admin, model):
    assert (
        "choose “yes” at “Reasoning”" in errors(admin, model, reasoning_effort="low")["reasoning_effort"][0]
    )
    Model.objects.update(listed_reasoning=True)
    assert errors(admin, model, reasoning_effort="low") == {}
    assert "reasoning_effort" in errors(admin, model, reasoning_effort="low", reasoning="false")


def test_the_list_says_what_models_can_and_finds_those_that_can(admin, model):
    Model.objects.update(**LISTED)
    other = Model.objects.create(provider=model.provider, name="other", images=False, listed_images=True)
    assert "images" in admin.get(LIST).content.decode()
    found = {name: admin.get(LIST, {"can": name}).context["cl"].queryset for name in ("images", "tools", "x")}
    assert [set(each) for each in found.values()] == [{model}, set(), {model, other}]
    assert list(admin.get(LIST, {"o": "6"}).context["cl"].queryset)
