"""Asked: what a question leans on is checked, and told, before it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.scenario.astray import facilities_astray
from geoplan.scenario.sites import existing_sites

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.scenario.bench import Bench
    from geoplan.standards import Service

__all__ = ["check_year", "off_streets"]


def check_year(bench: Bench, builds: pd.DataFrame, year: int | None) -> None:
    """Refuse a year of which nothing can be said; None asks for the last year of the plan.

    Raises
    ------
    InputError
        If it lies before the baseline, or more years after it and the last build than the standards' horizon.
    """
    first = int(bench.standards.baseline.year.value)
    last = max([first, *builds["opens"].dropna().astype(int)]) + int(bench.standards.years.horizon.value)
    if year is not None and not first <= year <= last:
        msg = f"year {year}: give one from {first} (the baseline) to {last}"
        raise InputError(msg)


def off_streets(bench: Bench, service: Service) -> list[str]:
    """Ids of the service's facilities that have a place but no street of its mode within the snap limit."""
    existing = existing_sites(bench.city.facilities, service.name, drawn=False)
    return facilities_astray(existing, bench.reach(service))["facility_id"].tolist()
