"""Statements that are compiled once and then only run. Building one with the ORM takes several times as long."""

from chatsite.statements.changes import Insert, Update, moment
from chatsite.statements.compiled import Given, Row
from chatsite.statements.queries import Objects, Select, Shared

__all__ = ["Given", "Insert", "Objects", "Row", "Select", "Shared", "Update", "moment"]
