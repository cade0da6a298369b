"""Access: people, facilities and times become coverage."""

from geoplan.access.coverage import covered, time_statistics
from geoplan.access.demand import Demand, demand_of
from geoplan.access.field import Field, open_field
from geoplan.access.rows import Rows, cost_rows
from geoplan.access.straight import straight_distance

__all__ = [
    "Demand",
    "Field",
    "Rows",
    "cost_rows",
    "covered",
    "demand_of",
    "open_field",
    "straight_distance",
    "time_statistics",
]
