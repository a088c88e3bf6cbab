"""The audit: events that say who did what. They are kept for good."""
