"""What is well with a site and what is not: one list of checks, for the command line and a page of the admin."""
