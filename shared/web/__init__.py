"""The web side of the chassis: what a service's `http.py` imports."""

from shared.web.commands import Answer, Body, Parts, Read, Run
from shared.web.guessing import Guess, PublicGuess
from shared.web.paging import Cursor, Page

__all__ = ["Answer", "Body", "Cursor", "Guess", "Page", "Parts", "PublicGuess", "Read", "Run"]
