"""The demo studios and the worked example, carried out through the public API."""
