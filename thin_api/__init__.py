"""The courier between Postgres and everybody outside: a shim for HTTP, and a sender.

It authenticates, carries and relays; what a notice, an answer or an error means is decided by the
database.
"""
