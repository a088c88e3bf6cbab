"""System prompts in the admin: texts, versions, releases. Saving never changes what people get; publishing does."""

from chatsite.prompts.admin.prompts import SystemPromptAdmin
from chatsite.prompts.admin.shared import SnippetAdmin, VariableAdmin

__all__ = ["SnippetAdmin", "SystemPromptAdmin", "VariableAdmin"]
