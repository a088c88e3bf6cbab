"""One module a program: what its conversations look like in a file."""
