"""Who did what: the events that are kept for good."""
