"""Measurements of Callboard beside yardsticks of the same run: `python -m bench --help`."""
