"""Hour: the golden hour of a city at one moment, and what each hospital of the roadmap changes in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import golden_hour_by_area
from geoplan.scenario.chain import Chain, open_chain
from geoplan.scenario.measures import draw_range, head, whole_persons, with_shares
from geoplan.scenario.moment import Moment, open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.standards import Service

__all__ = ["golden_hour_at", "hospital_builds"]


def golden_hour_at(city: City, *, year: int | None = None) -> pd.DataFrame:
    """From the call to the hand-over in the nearest capable hospital, at the end of a year.

    Returns
    -------
    pandas.DataFrame
        scenario (placed; proposed; proposed-hospitals: the best case without the hospitals of the roadmap, where they matter
        by then), moment, district, limit_min, population, within, share, share_low, share_high (as in `redundancy_at`),
        unreachable, the mean minutes of every part and of the total over those who reach a hospital, and the dominating part
        of most of them. Means and dominating part are those of the middle draw of stations.

    Raises
    ------
    InputError
        If no hospital of the layer is capable by the rule of the standards.

    Notes
    -----
    The hour is a planning convention (Newgard et al. 2010 found no significant link between intervals and mortality).
    """
    standards = load_standards()
    service, rule = standards.service("ambulance"), standards.golden_hour
    at, chain = _open(city, service, year)
    demand = at.bench.demand
    low, high = draw_range(chain.within(at.drawn_costs(), chain.to_drawn_hospital(at.year), demand), at)
    states = {name: (name, cost) for name, cost in at.costs().items()}
    if not np.array_equal(chain.to_hospital(at.year, "without"), chain.to_hospital(at.year, "proposed")):
        states["proposed-hospitals"] = ("without", states["proposed"][1])
    out = []
    for scenario, (ends, to_scene) in states.items():
        to_hospital = chain.to_hospital(at.year, ends)
        parts = chain.each(middle_draw(to_scene), to_hospital)
        table = golden_hour_by_area(parts, demand, limit=chain.limit)
        people = np.median(chain.within(to_scene, to_hospital, demand), axis=0)
        frame = head(at, scenario).assign(
            limit_min=rule.limit.value,
            population=whole_persons(demand.totals),
            within=whole_persons(people),
        )
        frame = with_shares(frame, people, demand, low, high)
        if scenario == "proposed-hospitals":
            frame[["share_low", "share_high"]] = np.nan
        frame["unreachable"] = whole_persons(table["unreachable"].to_numpy())
        for part in parts.columns.drop("dominating"):
            frame[f"{part}_min"] = (table[part].to_numpy() / 60).round(2)
        out.append(frame.assign(dominating=table["dominating"].to_numpy()))
    return pd.concat(out, ignore_index=True)


def hospital_builds(city: City, *, year: int | None = None) -> pd.DataFrame:
    """What each hospital of the roadmap changes for the golden hour, in the best case of ambulances.

    Returns
    -------
    pandas.DataFrame
        build_id, action, opens, beds, district, status (`stated`; `proposed`: drawn too, since the document gives no place;
        `in place`: a replacement, annex or renovation that adds no place; `not capable`: too few beds, or of another kind),
        lon, lat, within_before, within_after (persons inside the limit without any hospital of the roadmap, and with this
        one alone), gained, low, high (5-95 % of the draws), drive_before_min, drive_after_min (mean drive from a scene on to
        a hospital, over people).

    Raises
    ------
    InputError
        If no hospital of the layer is capable by the rule of the standards.
    """
    service = load_standards().service("ambulance")
    at, chain = _open(city, service, year)
    demand, draws = at.bench.demand, at.bench.standards.draws
    to_scene = at.costs()["proposed"]
    without = chain.within(to_scene, chain.existing, demand)[:, -1]
    persons, reached = demand.persons.astype(np.float64), np.isfinite(chain.existing)

    def drive(to_hospital: NDArray[np.float32]) -> float:
        return round(float(np.average(to_hospital[reached], weights=persons[reached])) / 60, 3)

    rows, added = [], 0
    for status in chain.builds["status"]:
        alone, gains = chain.existing, np.zeros(1)
        if status in {"stated", "proposed"}:
            alone = np.minimum(chain.existing, chain.added[added])
            places = np.minimum(chain.existing, chain.drawn[added])
            gains = chain.within(to_scene, places, demand)[:, -1] - without
            added += 1
        after = chain.within(to_scene, alone, demand)[:, -1]
        low, high = np.percentile(gains, [draws.low.value, draws.high.value])
        rows.append(
            (
                round(float(np.median(without))),
                round(float(np.median(after))),
                round(float(np.median(after - without))),
                round(float(low)),
                round(float(high)),
                drive(chain.existing),
                drive(alone),
            )
        )
    names = [
        "within_before", "within_after", "gained", "low", "high", "drive_before_min", "drive_after_min",
    ]  # fmt: skip
    found = pd.concat([chain.builds, pd.DataFrame(rows, columns=names)], axis=1)
    return found.round({"lon": 6, "lat": 6})


def _open(city: City, service: Service, year: int | None) -> tuple[Moment, Chain]:
    """The stations and hospitals at the end of a year; by default of the last in which any of the two opens."""
    at = open_moment(city, service, year=year)
    chain = open_chain(at.bench, service, city.builds)
    if year is None and len(chain.builds):
        at = replace(at, year=max(at.year, int(chain.builds["opens"].max())))
    return at, chain
