"""Errors: one root, so that a caller can tell a fault of the input from a fault of the program."""

from __future__ import annotations

__all__ = ["GeoplanError", "InputError", "LayerError", "OutputError"]


class GeoplanError(Exception):
    """Root of every error that geoplan raises on purpose; its text is one line that says what and where."""


class InputError(GeoplanError, ValueError):
    """What the caller gave cannot be used: a file, a name, a number."""


class LayerError(GeoplanError, ValueError):
    """A layer of a city is missing, changed or does not hold what it must."""


class OutputError(GeoplanError, OSError):
    """A result could not be written."""
