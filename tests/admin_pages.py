"""The pages and actions of the admin, who may open or run each, and an object of each kind to open them with."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from chatsite.accounts.invitations import Invitation
from chatsite.audit.recording import record
from chatsite.banners.models import Banner
from chatsite.conversations.models import Completion, Conversation, SharedAnswer
from chatsite.history.retention.models import RetentionRule
from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt
from chatsite.providers.models import Model, Provider
from chatsite.usage.models import Extra, Limit

ALL = "add change delete view"
# What can be done with each kind of object by the permission for it.
MODELS = {
    "accounts.invitation": "add delete view",
    "audit.event": "view",
    "auth.group": ALL,
    "auth.user": ALL,
    "banners.banner": ALL,
    "conversations.completion": "view",
    "conversations.conversation": "view",
    "conversations.message": "view",
    "history.retentionrule": ALL,
    "prompts.promptsnippet": ALL,
    "prompts.promptvariable": ALL,
    "prompts.systemprompt": "add change view",
    "providers.model": ALL,
    "providers.provider": ALL,
    "usage.extra": "add delete view",
    "usage.limit": ALL,
}
# Django's pages of a kind of object, and the permissions of which any opens it.
STANDARD = {
    "changelist": ["view", "change"],
    "add": ["add"],
    "change": ["view", "change"],
    "history": ["view", "change"],
    "delete": ["delete"],
}
# Kinds that have pages of their own instead.
OWN_PAGES = {"usage.usageday", "conversations.runninganswer", "conversations.sharedanswer", "tryouts.tryout"}
OF_OBJECT = {"change", "history", "delete"}
SEES_PROMPTS = ["prompts.view_systemprompt", "prompts.change_systemprompt"]
EDITS_PROMPTS = ["prompts.change_systemprompt"]
SEES_RUNNING = ["conversations.view_runninganswer"]
TRIES = ["prompts.change_systemprompt"]
OF_TRYOUT = {"prompt_id": "prompts.systemprompt", "pk": 1}
# All other pages: the permissions of which any opens it, each alone or with others; the object; the method.
PAGES: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "audit_event_csv": (["audit.view_event", "audit.change_event"], {}, "get"),
    "auth_user_erase": (["auth.delete_user"], {"ids": "auth.user"}, "get"),
    "auth_user_keep": (["auth.delete_user"], {"pk": "auth.user"}, "post"),
    "auth_user_password_change": (["auth.change_user"], {"id": "auth.user"}, "get"),
    "conversations_conversation_texts": (
        ["conversations.view_conversation_text"], {"pk": "conversations.conversation"}, "get",
    ),
    "conversations_runninganswer_changelist": (SEES_RUNNING, {}, "get"),
    "conversations_runninganswer_events": (SEES_RUNNING, {}, "get"),
    "conversations_runninganswer_stop": (["conversations.stop_runninganswer"], {}, "post"),
    "conversations_sharedanswer_add": ([], {}, "get"),
    "conversations_sharedanswer_change": (EDITS_PROMPTS, {"object_id": "conversations.sharedanswer"}, "get"),
    "conversations_sharedanswer_changelist": (EDITS_PROMPTS, {}, "get"),
    "conversations_sharedanswer_delete": ([], {"object_id": "conversations.sharedanswer"}, "get"),
    "conversations_sharedanswer_history": (EDITS_PROMPTS, {"object_id": "conversations.sharedanswer"}, "get"),
    "history_retentionrule_count": (["history.view_retentionrule", "history.change_retentionrule"], {}, "get"),
    "prompts_systemprompt_answers": (SEES_PROMPTS, {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_archive": (["prompts.archive_systemprompt"], {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_case": (
        ["prompts.change_systemprompt"], {"object_id": "prompts.systemprompt", "case": 1}, "get",
    ),
    "prompts_systemprompt_case_add": (["prompts.change_systemprompt"], {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_case_delete": (
        ["prompts.change_systemprompt"], {"object_id": "prompts.systemprompt", "case": 1}, "get",
    ),
    "prompts_systemprompt_cases": (SEES_PROMPTS, {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_compare": (SEES_PROMPTS, {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_import": (["prompts.change_systemprompt prompts.add_systemprompt"], {}, "get"),
    "prompts_systemprompt_publish": (
        ["prompts.change_systemprompt", "prompts.publish_systemprompt"],
        {"object_id": "prompts.systemprompt", "number": 1}, "get",
    ),
    "prompts_systemprompt_releases": (SEES_PROMPTS, {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_request": (SEES_PROMPTS, {"object_id": "prompts.systemprompt", "request_id": 1}, "get"),
    "prompts_systemprompt_restore": (
        ["prompts.change_systemprompt"], {"object_id": "prompts.systemprompt", "number": 1}, "post",
    ),
    "prompts_systemprompt_stop": (["prompts.publish_systemprompt"], {"object_id": "prompts.systemprompt"}, "get"),
    "prompts_systemprompt_unplan": (
        ["prompts.publish_systemprompt"], {"object_id": "prompts.systemprompt", "release": 1}, "get",
    ),
    "prompts_systemprompt_version": (SEES_PROMPTS, {"object_id": "prompts.systemprompt", "number": 1}, "get"),
    "prompts_systemprompt_versions": (SEES_PROMPTS, {"object_id": "prompts.systemprompt"}, "get"),
    "providers_provider_test": (["providers.change_provider"], {"pk": "providers.provider"}, "post"),
    "providers_provider_test_new": (["providers.add_provider"], {}, "post"),
    "providers_provider_try_again": (["providers.change_provider"], {"pk": "providers.provider"}, "post"),
    "tryouts_tryout_better": (TRIES, OF_TRYOUT, "post"),
    "tryouts_tryout_case_answers": (SEES_PROMPTS, OF_TRYOUT | {"tried": 1}, "get"),
    "tryouts_tryout_case_run": (SEES_PROMPTS, OF_TRYOUT, "get"),
    "tryouts_tryout_events": (TRIES, OF_TRYOUT, "get"),
    "tryouts_tryout_keep_case": (TRIES, OF_TRYOUT, "get"),
    "tryouts_tryout_new": (TRIES, {"prompt_id": "prompts.systemprompt"}, "get"),
    "tryouts_tryout_run_cases": (TRIES, {"prompt_id": "prompts.systemprompt"}, "get"),
    "tryouts_tryout_shown": (TRIES, OF_TRYOUT, "get"),
    "tryouts_tryout_stop": (TRIES, OF_TRYOUT, "post"),
    "tryouts_tryout_stop_case_run": (SEES_PROMPTS, OF_TRYOUT, "post"),
    "usage_usageday_changelist": (["usage.view_usageday"], {}, "get"),
    "usage_usageday_csv": (["usage.view_usageday"], {}, "get"),
}  # fmt: skip
# They use connections to the database of their own.
STREAMED = {"conversations_runninganswer_events", "tryouts_tryout_events"}
# What only a superuser opens, and the method.
SUPERUSERS = {
    "backups": "get",
    "doctor": "get",
    "doctor_events": "get",
    "doctor_stop": "post",
    "doctor_way": "get",
    "environment": "get",
    "make_backup": "post",
}
# The actions of lists but "delete", and the permissions of which any allows it.
ACTIONS = {
    ("auth.user", "activate"): ["auth.change_user"],
    ("auth.user", "deactivate"): ["auth.change_user"],
    ("auth.user", "delete_selected"): ["auth.delete_user"],
    ("auth.user", "sign_out"): ["auth.change_user"],
    ("prompts.systemprompt", "archive_prompts"): ["prompts.archive_systemprompt"],
    ("prompts.systemprompt", "bring_back"): ["prompts.archive_systemprompt"],
    ("prompts.systemprompt", "export_files"): SEES_PROMPTS,
    ("providers.model", "fill_in_prices"): ["providers.change_model"],
    ("providers.model", "offer"): ["providers.change_model"],
    ("providers.model", "to_groups"): ["providers.change_model"],
    ("providers.model", "withdraw"): ["providers.change_model"],
    ("providers.provider", "ask_for_models"): ["providers.change_provider"],
    ("providers.provider", "try_again"): ["providers.change_provider"],
}
# Django's own, which any staff may open, or anybody.
DJANGOS = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site",
    "app_list", None,
}  # fmt: skip
# Django lets nobody add people who may not change them: a form to add one can make a superuser's password.
TOGETHER = {"auth_user_add": ["auth.add_user auth.change_user"]}


def listed() -> dict[str, tuple[list[str], dict[str, Any], str]]:
    """All pages, with what opens them. Nothing opens a page of an empty list."""
    pages = dict(PAGES)
    for label, verbs in MODELS.items():
        app, model = label.split(".")
        for page, any_of in STANDARD.items():
            opens = [f"{app}.{verb}_{model}" for verb in any_of if verb in verbs.split() or "view" in any_of]
            name = f"{app}_{model}_{page}"
            pages[name] = (
                TOGETHER.get(name, opens),
                {"object_id": label} if page in OF_OBJECT else {},
                "get",
            )
    return pages


def one_of_each(person: User) -> dict[str, Any]:
    """One object of each kind, by the name of the kind. What is somebody's is this person's."""
    conversation = Conversation.objects.create(owner=person)
    run = conversation.reply_to(conversation.say(uuid4(), "Hello?", None), model="demo")
    Completion.objects.update(status="complete")
    provider = Provider.objects.create(name="One", base_url="http://127.0.0.1:9/v1", enabled=False)
    prompt = SystemPrompt.objects.create(name="Support")
    prompt.draft("You help customers.", person)
    invitation = Invitation(note="Carol", expires=timezone.now() + timedelta(days=1))
    invitation.renew()
    invitation.save()
    made = [
        invitation,
        record("added", name="x"),
        Group.objects.create(name="Editors"),
        person,
        run,
        conversation,
        run.message,
        SharedAnswer.objects.create(message=run.message, person=person, value=-1, shared=True),
        Banner.objects.create(text="Maintenance tonight"),
        RetentionRule.objects.first() or RetentionRule.objects.create(days=0),
        PromptSnippet.objects.create(name="hello", text="Hello."),
        PromptVariable.objects.create(name="company", default="Ours"),
        prompt,
        Model.objects.create(provider=provider, name="m"),
        provider,
        Extra.objects.create(person=person, note="x"),
        Limit.objects.create(messages_an_hour=1),
    ]
    return {each._meta.label_lower: each for each in made}


def url_of(name: str, given: dict[str, Any], objects) -> str:
    return reverse(
        f"admin:{name}", kwargs={key: objects[at].pk if at in objects else at for key, at in given.items()}
    )
