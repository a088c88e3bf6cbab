"""Backups: one file with the database and the keys that it is read with, made while the site runs, and restored."""
