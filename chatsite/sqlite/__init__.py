"""Django's backend for SQLite, with the function that the search index needs, and with triggers that stay."""
