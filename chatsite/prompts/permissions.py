"""Who may do what with system prompts, and the groups that a site begins with."""

GROUPS = {
    "Prompt editors": ["add", "view", "change"],
    "Prompt publishers": ["add", "view", "change", "publish"],
}
"""Those who write drafts, and those who also put them in force."""


def make_groups(apps, editor) -> None:
    """Create the groups with their permissions, for a migration. Django adds permissions only after all of these."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="prompts", model="systemprompt"
    )
    for name, verbs in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*(_permission(apps, kind, verb) for verb in verbs))


def _permission(apps, kind, verb: str):
    name = "Can publish versions of system prompts" if verb == "publish" else f"Can {verb} system prompt"
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=f"{verb}_systemprompt", defaults={"name": name}
    )
    return found


def sees_prompts(user) -> bool:
    """Whether a person may see prompts and their texts in the admin."""
    return any(user.has_perm(f"prompts.{verb}_systemprompt") for verb in ("view", "change"))
