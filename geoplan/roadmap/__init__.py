"""The roadmap document: shifted, mistyped tables -> projects, planned builds, findings."""

from __future__ import annotations

from geoplan.roadmap.cells import Merit, merit
from geoplan.roadmap.reader import Roadmap, read_roadmap, write_roadmap

__all__ = ["Merit", "Roadmap", "merit", "read_roadmap", "write_roadmap"]
