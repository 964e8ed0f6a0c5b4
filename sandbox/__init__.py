"""A stand-in for the outside world: the card gateway, an SMS and an e-mail provider.

It exists for development and tests only, listens on loopback and keeps no card numbers.
"""
