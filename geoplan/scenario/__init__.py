"""Scenario: which facilities stand when, and what each build changes."""

from geoplan.scenario.choose import Suggestion, suggest_sites
from geoplan.scenario.plan import Change, Plan, Siting
from geoplan.scenario.query import access_at, compare_moments, compare_runs
from geoplan.scenario.timeline import timeline

__all__ = [
    "Change",
    "Plan",
    "Siting",
    "Suggestion",
    "access_at",
    "compare_moments",
    "compare_runs",
    "suggest_sites",
    "timeline",
]
