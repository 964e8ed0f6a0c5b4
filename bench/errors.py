"""What can go wrong with a measurement."""


class BenchError(Exception):
    """A measurement can't be taken, or its figures would mean something else than they say."""
