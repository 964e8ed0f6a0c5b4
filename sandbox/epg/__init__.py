"""The card gateway: the REST API of the gateway's contract, as far as Callboard needs it."""
