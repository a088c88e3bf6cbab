"""The site as a next release may be: the same, and one migration more."""
