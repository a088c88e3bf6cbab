"""What stops a benchmark."""


class BenchmarkError(Exception):
    """A sentence for the person who started it."""
