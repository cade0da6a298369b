"""Standards: norms, conventions and assumptions, each with its unit, basis and source, read from one file."""

from geoplan.standards._figures import Figure
from geoplan.standards._file import Standards, load_standards
from geoplan.standards._measures import Capable
from geoplan.standards._service import Reading, Service
from geoplan.standards._speeds import HourTable, SpeedTable

__all__ = [
    "Capable",
    "Figure",
    "HourTable",
    "Reading",
    "Service",
    "SpeedTable",
    "Standards",
    "load_standards",
]
