"""By car: how long people who drive take to a service that they are expected to walk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import covered, time_statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.scenario.yearly import Sheet
    from geoplan.standards import Service

__all__ = ["car_costs", "car_rows"]


def car_costs(
    scene: Scene, service: Service, bench: Bench, *, year: int, active: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(cells,) seconds of driving, free flow or at the city's time of day, to the nearest that stands and has a place.

    The straight way between a place and its street counts at walking speed; parking does not count.
    """
    reach = bench.reach(service.model_copy(update={"mode": "drive"}))
    here = scene.existing[scene.standing(year, active) & scene.existing["placed"].to_numpy()]
    built = scene.builds[active & scene.everywhere & (scene.opens <= year)]
    built = built[built["site_lon"].notna()]
    lon = np.concatenate([here["lon"].to_numpy(dtype=float), built["site_lon"].to_numpy(dtype=float)])
    lat = np.concatenate([here["lat"].to_numpy(dtype=float), built["site_lat"].to_numpy(dtype=float)])
    if not len(lon):
        return np.full(len(bench.demand.cells), np.inf, dtype=np.float32)
    return reach.nearest(lon, lat)[0]


def car_rows(
    sheet: Sheet, scene: Scene, service: Service, bench: Bench, *, years: list[int], state: NDArray[np.bool_]
) -> None:
    """Add car_mean, car_median, car_p90 (min of those who reach one by car) and car_unreachable (persons) of every year.

    Scenarios: `placed` and `proposed`, as in coverage.csv.
    """
    certain = state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    demand = bench.demand
    for year in years:
        moment = "baseline" if year == scene.baseline_year else str(year)
        for scenario, active in (("proposed", state), ("placed", certain)):
            cost, at = car_costs(scene, service, bench, year=year, active=active), (moment, scenario)
            times = time_statistics(cost, demand) / 60
            for column, name in enumerate(("car_mean", "car_median", "car_p90")):
                sheet.add(name, times[:, column], at=at, unit="min", basis="computed", source="speeds.drive")
            reached = covered(cost, float(np.finfo(np.float32).max), demand)
            sheet.add(
                "car_unreachable",
                demand.totals - reached,
                at=at,
                unit="persons",
                basis="computed",
                source="snap.limit",
            )
