"""The search of a person's messages and titles: a query, the index of each database, and the page of results."""
