"""What the history has in the admin."""

from chatsite.history.retention.admin import RetentionRuleAdmin

__all__ = ["RetentionRuleAdmin"]
