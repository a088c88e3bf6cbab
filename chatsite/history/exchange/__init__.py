"""Conversations that come from other programs, and those that people take along."""
