"""The sentences of a prompt's pages about the newest run of its cases."""

from typing import Any

from django import template

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.tryouts.case_table import CaseTable, case_table, newest_run
from chatsite.tryouts.models import CaseRun

register = template.Library()
# Cases of each kind that a sentence names.
MAX_NAMED = 5


@register.inclusion_tag("admin/tryouts/cases/_effects.html", takes_context=True)
def case_effects(
    context: Any, prompt: SystemPrompt, version: SystemPromptVersion, live: SystemPromptVersion | None
) -> dict[str, Any]:
    """Say which cases changed, from the newest run of the version to be published."""
    count, run = prompt.cases.count(), newest_run(version)
    filled = {"prompt": prompt, "version": version, "live": live, "count": count, "may": context["may"]}
    return filled if run is None else filled | _of_run(context["request"].user, prompt, run, live)


def _of_run(
    user: Any, prompt: SystemPrompt, run: CaseRun, live: SystemPromptVersion | None
) -> dict[str, Any]:
    table = case_table(run)
    compared = len(run.versions) > 1
    return {
        "run": run,
        "table": table,
        "changed": [
            f"{row.tried.case_name} ({row.difference.sentence})" for row in table.changed[:MAX_NAMED]
        ],
        "unanswered": [row.tried.case_name for row in table.unanswered[:MAX_NAMED]],
        "failing": [row.tried.case_name for row in table.failing[:MAX_NAMED]],
        "compared": compared,
        "other_live": compared and run.live != live,
        "added": _added(prompt, table),
        "may_see": CaseRun.objects.seen_by(user).filter(pk=run.pk).exists(),
    }


def _added(prompt: SystemPrompt, table: CaseTable) -> int:
    """Return how many cases were added since."""
    ran = {row.tried.case_id for row in table.rows}
    return len(set(prompt.cases.values_list("pk", flat=True)) - ran)
