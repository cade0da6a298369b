"""Errors: one root, so that a caller can tell a fault of the input from a fault of the program."""

from __future__ import annotations

__all__ = ["GeoplanError", "InputError", "LayerError", "OutputError", "cause"]


class GeoplanError(Exception):
    """Root of every error that geoplan raises on purpose; its text is one line that says what and where."""


class InputError(GeoplanError, ValueError):
    """What the caller gave cannot be used: a file, a name, a number."""


class LayerError(GeoplanError, ValueError):
    """A layer of a city is missing, changed or does not hold what it must."""


class OutputError(GeoplanError, OSError):
    """A result could not be written."""


def cause(error: BaseException) -> str:
    """Return why a file cannot be read in a few words, without the number of the system's error and without the path."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    if isinstance(error, UnicodeDecodeError):
        return f"not text in {error.encoding.upper()}"
    told = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return str(told).splitlines()[0]
