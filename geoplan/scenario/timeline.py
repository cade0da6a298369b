"""Timeline: from a city and its builds to one service's plan over the years."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.scenario.astray import astray_findings, builds_astray, facilities_astray
from geoplan.scenario.bench import bench_of
from geoplan.scenario.by_car import car_rows
from geoplan.scenario.chain import Chain, open_chain
from geoplan.scenario.coverage import coverage_table, last_drawn
from geoplan.scenario.effects import effects_table
from geoplan.scenario.gaps import gaps_table
from geoplan.scenario.groups import group_measures, group_rows
from geoplan.scenario.hour_cells import hour_cells
from geoplan.scenario.opening import open_scene, own_draws
from geoplan.scenario.plan import Plan
from geoplan.scenario.ranges import draw_ranges
from geoplan.scenario.states import States
from geoplan.scenario.views import classes, typical_costs
from geoplan.scenario.yearly import Sheet, access_rows
from geoplan.scenario.yearly_ambulance import chain_rows, crew_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service, Standards

__all__ = ["timeline"]


def timeline(
    city: City,
    builds: pd.DataFrame | None = None,
    *,
    service: str,
    standards: Standards | None = None,
) -> Plan:
    """Work out who reaches a service at the baseline, in every year and by every build.

    Parameters
    ----------
    city
        An opened city.
    builds
        builds.csv columns, geocoded; the city's own by default.
    service
        ambulance, polyclinic, school, kindergarten.
    standards
        Thresholds, speeds, draws; the shipped ones by default.

    Returns
    -------
    Plan
        One population stands at every moment, so that a change between two comes from what opened or closed.

    Raises
    ------
    InputError
        If the service is unknown or the city has no facility of it.
    """
    bench = bench_of(city, standards)
    known = bench.standards.service(service)
    scene, siting = open_scene(bench, known, city.builds if builds is None else builds)
    private = (scene.builds["owner"] == "private").to_numpy()
    scopes = {"": ~private}
    if private.any():
        scopes["+private"] = np.ones(len(private), dtype=bool)
    picks, drawn = own_draws(bench, known, scene)
    chain, not_computable = _chain(bench, known, city.builds if builds is None else builds)
    hour = _GoldenHour(chain, bench)
    ranges = {
        suffix: draw_ranges(
            scene,
            active=active,
            rows=bench.candidate_rows(known),
            picks=picks,
            drawn=drawn,
            readings=known.readings,
            headline=known.headline_reading,
            demand=bench.demand,
            watch=hour.watch if suffix == "" else lambda _year, _costs: None,
        )
        for suffix, active in scopes.items()
    }
    states = States(scene, known, bench.demand)
    coverage = coverage_table(scene, known, bench, scopes=scopes, ranges=ranges, states=states)
    effects, changes, moments_of_builds = effects_table(
        scene, known, bench, scopes=scopes, ranges=ranges, states=states
    )
    years, costs = typical_costs(scene, scopes=scopes)
    moments = ["baseline", *(str(year) for year in years[1:])]
    sheet = Sheet(known.name, bench.demand)
    headline = known.readings.index(known.headline_reading)
    inside = {
        f"proposed{suffix}": [found.coverage[last_drawn(found, year), headline] for year in years]
        for suffix, found in ranges.items()
    }
    access_rows(sheet, bench, known, moments=moments, costs=costs, inside=inside)
    if known.name in bench.standards.by_car.services.words:
        car_rows(sheet, scene, known, bench, years=years, state=scopes[""])
    if known.unit == "min":
        crew_rows(sheet, scene, known, bench, years=years, state=scopes[""], picks=picks, drawn=drawn)
    hour.add_to(sheet, scene, years=years, state=scopes[""], costs=costs)
    measures = sheet.table()
    return Plan(
        city=city,
        service=known,
        cells=city.cells,
        moments=moments,
        breaks=list(known.map_breaks),
        threshold=known.headline,
        views={name: classes(cost, known) for name, cost in costs.items()},
        facilities=scene.existing.drop(columns=["placed", "drawn"]),
        builds=scene.builds.drop(columns=["replaced", "register"]),
        changes=changes,
        coverage_table=pd.concat([coverage, moments_of_builds], ignore_index=True),
        effects_table=effects,
        unplaced=_counts(scene),
        siting=siting,
        costs=costs,
        gaps_table=gaps_table(bench, known, moments=moments, costs=costs),
        measures_table=measures,
        not_computable=not_computable,
        groups_table=group_rows(coverage, city.population, city=city.name),
        measures_of_groups=group_measures(measures, city.population, bench.demand),
        hour_table=hour_cells(chain, bench, years=years, costs=costs) if chain else pd.DataFrame(),
        astray=astray_findings(scene, known, bench),
    )


@dataclass
class _GoldenHour:
    """Counts, while the draws are walked through, whom the golden hour reaches in each."""

    chain: Chain | None
    bench: Bench
    within: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def watch(self, year: int, costs: NDArray[np.float32]) -> None:
        if self.chain is not None:
            to_hospital = self.chain.to_drawn_hospital(year)
            self.within[year] = self.chain.within(costs, to_hospital, self.bench.demand)

    def add_to(
        self,
        sheet: Sheet,
        scene: Scene,
        *,
        years: list[int],
        state: NDArray[np.bool_],
        costs: dict[str, NDArray[np.float32]],
    ) -> None:
        if self.chain is None:
            return
        # Between the years in which the draws change, they stay as they were.
        known = {year: self.within[max(w for w in self.within if w <= year)] for year in years}
        chain_rows(
            sheet, scene, self.bench, self.chain, years=years, state=state, costs=costs, drawn_within=known
        )


def _chain(
    bench: Bench, service: Service, builds: pd.DataFrame
) -> tuple[Chain | None, tuple[tuple[str, str], ...]]:
    """The golden hour of an ambulance; None for other services, and with the reason where no hospital is capable."""
    if service.unit != "min":
        return None, ()
    try:
        return open_chain(bench, service, builds), ()
    except InputError as error:
        return None, (("golden hour", str(error)),)


def _counts(scene: Scene) -> dict[str, int]:
    status = scene.builds["site_status"]
    return {
        "existing": int((~scene.existing["placed"]).sum()),
        "existing_drawn": int(scene.existing["drawn"].sum()),
        "existing_off_network": len(facilities_astray(scene.existing, scene.reach)),
        "builds_off_network": len(builds_astray(scene)),
        "builds_proposed": int((status == "proposed").sum()),
        "builds_stated": int((status == "stated").sum()),
        "builds_register": int((status == "register").sum()),
        "builds_none": int((status == "none").sum()),
        "cells_off_network": int(scene.reach.off_network.sum()),
    }
