"""Access: people, facilities and times become coverage, response, capacity and equity."""

from geoplan.access.assignment import assign_least_cost, assign_nearest_first
from geoplan.access.coverage import covered, time_statistics
from geoplan.access.demand import Demand, demand_of
from geoplan.access.drawn import Drawn
from geoplan.access.equity import gini, worst_served
from geoplan.access.expected import expected_coverage
from geoplan.access.field import Field, open_field
from geoplan.access.floating import e2sfca, zone_weights
from geoplan.access.gaps import gap_clusters, neighbouring, quarters
from geoplan.access.golden_hour import golden_hour, golden_hour_by_area
from geoplan.access.redundancy import count_within, people_by_count, redundancy
from geoplan.access.rows import Rows, cost_rows
from geoplan.access.straight import straight_distance, straight_rows
from geoplan.access.tally import Shift, Tally

__all__ = [
    "Demand",
    "Drawn",
    "Field",
    "Rows",
    "Shift",
    "Tally",
    "assign_least_cost",
    "assign_nearest_first",
    "cost_rows",
    "count_within",
    "covered",
    "demand_of",
    "e2sfca",
    "expected_coverage",
    "gap_clusters",
    "gini",
    "golden_hour",
    "golden_hour_by_area",
    "neighbouring",
    "open_field",
    "people_by_count",
    "quarters",
    "redundancy",
    "straight_distance",
    "straight_rows",
    "time_statistics",
    "worst_served",
    "zone_weights",
]
