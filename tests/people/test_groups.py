"""The page of a group: what it may use, who is in it, its limit."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.banners.models import Banner
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model, Provider
from chatsite.usage.models import Limit

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales() -> Group:
    return Group.objects.create(name="Sales")


@pytest.fixture
def models() -> dict[str, Model]:
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1")
    return {name: Model.objects.create(provider=provider, name=name) for name in ("large", "small")}


@pytest.fixture
def prompts() -> dict[str, SystemPrompt]:
    return {name: SystemPrompt.objects.create(name=name) for name in ("Legal", "Support")}


@pytest.fixture
def root(client) -> User:
    root = User.objects.create_superuser("root")
    client.force_login(root)
    return root


def url(group: Group, query: str = "") -> str:
    return f"/admin/auth/group/{group.pk}/change/{query}"


def save(client, group: Group, models=(), prompts=(), query: str = "") -> str:
    chosen = {"models": [each.pk for each in models], "prompts": [each.pk for each in prompts]}
    return client.post(url(group, query), {"name": group.name, **chosen}, follow=True).content.decode()


def used(group: Group) -> tuple[list[str], list[str]]:
    models = Model.objects.filter(groups=group).values_list("name", flat=True)
    prompts = SystemPrompt.objects.filter(groups=group).values_list("name", flat=True)
    return sorted(models), sorted(prompts)


def test_boxes_choose_what_a_group_may_use(client, root, sales, models, prompts):
    assert "for everyone" in client.get(url(sales)).content.decode()
    save(client, sales, [models["large"]], prompts.values())
    assert used(sales) == (["large"], ["Legal", "Support"])
    page = client.get(url(sales)).content.decode()
    assert page.count("checked") == 3 and page.count("for this group alone") == 3
    save(client, sales, [models["small"]], [prompts["Legal"]])
    assert used(sales) == (["small"], ["Legal"])


def test_other_groups_keep_what_they_may_use(client, root, sales, models, prompts):
    other = Group.objects.create(name="Support")
    models["large"].groups.add(other)
    assert "for other groups" in client.get(url(sales)).content.decode()
    save(client, sales, [models["large"]])
    assert used(other) == used(sales) == (["large"], [])
    assert "other groups, too" in client.get(url(sales)).content.decode()
    save(client, sales)
    assert used(other) == (["large"], [])


def test_the_page_says_whose_access_grows_or_shrinks(client, root, sales, prompts):
    assert "“Legal” was for everyone. Now it is for this group alone." in save(
        client, sales, prompts=[prompts["Legal"]]
    )
    assert "“Legal” is for everyone now: no group is chosen for it any more." in save(client, sales)


def test_what_the_filter_hides_stays_as_it_is(client, root, sales, models, prompts):
    save(client, sales, models.values(), prompts.values())
    page = client.get(url(sales, "?words=larg")).content.decode()
    assert "large" in page and "small" not in page and "Nothing matches." in page
    save(client, sales, query="?words=larg")
    assert used(sales) == (["small"], ["Legal", "Support"])


def test_saving_leaves_events_of_the_group_and_of_what_changed(client, root, sales, models, prompts):
    save(client, sales, [models["large"]], [prompts["Legal"]])
    event = Event.objects.get(target_type="auth.group")
    assert event.before == {"models": [], "system prompts": []}
    assert event.after == {"models": [str(models["large"])], "system prompts": ["Legal"]}
    changed = Event.objects.get(target_type="prompts.systemprompt")
    assert (changed.target_name, changed.after) == ("Legal", {"groups": ["Sales"]})
    assert Event.objects.filter(target_type="providers.model").count() == 1


def test_a_new_group_gets_its_boxes_at_once(client, root, models, prompts):
    chosen = {"name": "Sales", "models": [models["large"].pk], "prompts": []}
    assert client.post("/admin/auth/group/add/", chosen).status_code == 302
    assert used(Group.objects.get(name="Sales")) == (["large"], [])


def test_who_may_change_groups_alone_changes_nothing_of_models_and_prompts(client, sales, models, prompts):
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    client.force_login(staff)
    assert client.get(url(sales)).content.decode().count("You may not change these.") == 2
    save(client, sales, models.values(), prompts.values())
    assert used(sales) == ([], [])
    staff.user_permissions.add(Permission.objects.get(codename="change_systemprompt"))
    save(client, sales, models.values(), prompts.values())
    assert used(sales) == ([], ["Legal", "Support"])


def test_who_may_only_see_groups_ticks_nothing(client, sales, prompts):
    staff = User.objects.create_user("sam", is_staff=True)
    codenames = ["view_group", "change_systemprompt"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(staff)
    page = client.get(url(sales)).content.decode()
    assert page.count("You may not change these.") == 2 and "Members" not in page and "Limits" not in page


def test_the_page_leads_to_members_and_to_the_limit(client, root, sales, alice, bob):
    assert "Nobody is in this group yet." in client.get(url(sales)).content.decode()
    for person in (alice, bob):
        person.groups.add(sales)
    page = client.get(url(sales)).content.decode()
    assert "Members: 2" in page and f'href="/admin/auth/user/{alice.pk}/change/"' in page
    add = f"/admin/usage/limit/add/?group={sales.pk}"
    assert add in page and client.get(add).context["adminform"].form.initial["group"] == str(sales.pk)
    limit = Limit.objects.create(group=sales, messages_an_hour=100, cost_a_month=5)
    page = client.get(url(sales)).content.decode()
    assert f"/admin/usage/limit/{limit.pk}/change/" in page
    assert "100 messages an hour, a cost of 5.00 a month" in page


def test_the_page_takes_as_many_queries_for_many_as_for_few(
    client, root, sales, django_assert_max_num_queries
):
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1")
    for number in range(60):
        Model.objects.create(provider=provider, name=f"model {number}")
        SystemPrompt.objects.create(name=f"prompt {number}")
    with django_assert_max_num_queries(25):
        client.get(url(sales))


@pytest.mark.parametrize("is_list", [False, True])
def test_deleting_a_group_opens_nothing_to_everyone(client, root, sales, models, prompts, is_list):
    other = Group.objects.create(name="Support")
    banner = Banner.objects.create(text="The secret offer")
    for each in (models["large"], prompts["Legal"], banner):
        each.groups.add(sales)
    models["small"].groups.add(sales, other)
    fields = {"post": "yes"}
    if is_list:
        fields |= {"action": "delete_selected", "_selected_action": [sales.pk]}
    address = "/admin/auth/group/" if is_list else f"/admin/auth/group/{sales.pk}/delete/"
    page = client.post(address, fields, follow=True).content.decode()
    assert "they would be for everyone" in page and Group.objects.filter(pk=sales.pk).exists()
    assert all(f"“{name}”" in page for name in ("large", "Legal", "The secret offer")) and "small" not in page
    for each in (models["large"], prompts["Legal"], banner):
        each.groups.set([other])
    client.post(address, fields)
    assert not Group.objects.filter(pk=sales.pk).exists()


def delete(client, group: Group) -> str:
    return client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}, follow=True).content.decode()


def test_what_keeps_a_group_is_a_link_for_those_who_may_see_it(client, root, sales, models, prompts):
    for each in (models["large"], prompts["Legal"]):
        each.groups.add(sales)
    page = delete(client, sales)
    assert f'model <a href="/admin/providers/model/{models["large"].pk}/change/">“large”</a>' in page
    assert f'<a href="/admin/prompts/systemprompt/{prompts["Legal"].pk}/change/">“Legal”</a>' in page
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    client.force_login(staff)
    assert "<li>model “large”</li>" in delete(client, sales)


def test_groups_that_something_is_for_are_not_deleted_together(client, root, sales, models):
    other = Group.objects.create(name="Support")
    models["large"].groups.set([sales, other])
    chosen = {"action": "delete_selected", "_selected_action": [sales.pk, other.pk], "post": "yes"}
    page = client.post("/admin/auth/group/", chosen, follow=True).content.decode()
    assert "“large”" in page and Group.objects.filter(pk__in=[sales.pk, other.pk]).count() == 2
    delete(client, sales)
    assert list(models["large"].groups.all()) == [other]


def test_a_banner_that_is_over_keeps_no_group(client, root, sales):
    Banner.objects.create(text="Sales meeting.", ends=timezone.now()).groups.add(sales)
    delete(client, sales)
    assert not Group.objects.filter(pk=sales.pk).exists()
