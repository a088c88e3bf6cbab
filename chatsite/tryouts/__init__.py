"""Prompts tried before they are published: versions and models answer the same messages side by side."""
