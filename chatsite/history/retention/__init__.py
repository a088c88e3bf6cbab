"""Retention: the site's rule of what is deleted, when, and the notice that people see before."""
