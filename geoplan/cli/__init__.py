"""Command line: parses, calls, prints. No logic."""

from geoplan.cli.app import main

__all__ = ["main"]
