#!/usr/bin/env python
"""The command line of a checkout: `manage.py serve`, and Django's own commands."""

from chatsite.__main__ import main

if __name__ == "__main__":
    main()
