"""System prompts: their immutable versions, and the releases that put these in force."""

from chatsite.prompts.models.approval import ReleaseRequest
from chatsite.prompts.models.case import PromptCase
from chatsite.prompts.models.prompt import DEFAULT, USABLE, SystemPrompt
from chatsite.prompts.models.release import PromptRelease, newest_release
from chatsite.prompts.models.variable import PromptSnippet, PromptVariable
from chatsite.prompts.models.version import SystemPromptVersion

__all__ = [
    "DEFAULT",
    "USABLE",
    "PromptCase",
    "PromptRelease",
    "PromptSnippet",
    "PromptVariable",
    "ReleaseRequest",
    "SystemPrompt",
    "SystemPromptVersion",
    "newest_release",
]
