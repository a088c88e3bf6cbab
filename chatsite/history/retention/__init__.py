"""Retention: the site's rule of what is deleted, when, and how people are told before."""
