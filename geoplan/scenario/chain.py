"""Chain: where the golden hour can end, now and once the roadmap's hospitals stand, and what they change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from geoplan.access import cost_rows, covered, golden_hour
from geoplan.errors import InputError
from geoplan.scenario.opening import draw_count, generator
from geoplan.siting import draw_sites

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.access import Demand
    from geoplan.scenario.bench import Bench
    from geoplan.standards import Capable, Service

__all__ = ["Chain", "capable_hospitals", "open_chain"]

# An annex adds beds to a hospital that takes patients already, a renovation none.
_STANDS_ALREADY = ("annex", "renovation")


@dataclass(frozen=True)
class Chain:
    """Seconds of emergency driving from each cell on to a capable hospital.

    Attributes
    ----------
    builds
        The roadmap's hospitals: build_id, opens, beds, district, status (`stated`, `proposed`, or why it changes nothing:
        `in place`, `not capable`), lon, lat (of those that add a hospital).
    existing
        (cells,) to the nearest capable hospital that stands.
    added
        (H, cells) to each hospital that the roadmap adds, in the order of `builds`, at its stated or proposed site.
    drawn
        (H, draws, cells) the same at the places of each draw; those with a stated place do not move.
    parts
        Seconds of the parts of the chain that are the same for everyone, by name: before the drive to the scene, on the
        scene, and after the drive to the hospital.
    limit
        Seconds that the whole chain may take.
    """

    builds: pd.DataFrame
    existing: NDArray[np.float32]
    added: NDArray[np.float32]
    drawn: list[NDArray[np.float32]]
    parts: tuple[dict[str, float], dict[str, float], dict[str, float]]
    limit: float

    @property
    def _adds(self) -> pd.DataFrame:
        return self.builds[self.builds["status"].isin(["stated", "proposed"])]

    def to_hospital(self, year: int, scenario: str) -> NDArray[np.float32]:
        """(cells,) seconds to the nearest capable hospital at the end of a year.

        Scenarios: `placed` (hospitals of the roadmap only where their place is stated), `proposed`, and `without` any.
        """
        opens = (self._adds["opens"] <= year).to_numpy()
        if scenario == "placed":
            opens = opens & (self._adds["status"] == "stated").to_numpy()
        if scenario == "without" or not opens.any():
            return self.existing
        return np.minimum(self.existing, self.added[opens].min(axis=0))

    def to_drawn_hospital(self, year: int) -> NDArray[np.float32]:
        """(draws, cells) the same with each hospital where the draw puts it; one row while none has opened."""
        out = self.existing[None, :]
        for position, opens in enumerate(self._adds["opens"]):
            if opens <= year:
                out = np.minimum(out, self.drawn[position])
        return out

    def latest(self, to_hospital: NDArray[np.float32]) -> NDArray[np.float32]:
        """Latest arrival at the scene, in seconds of driving, that still ends the chain within the limit; same shape.

        A whole number of hundredths, as all costs are, so that the very hour is within the hour.
        """
        fixed = sum(sum(part.values()) for part in self.parts)
        return np.round(self.limit - fixed - to_hospital.astype(np.float64), 2).astype(np.float32)

    def within(
        self, to_scene: NDArray[np.float32], to_hospital: NDArray[np.float32], demand: Demand
    ) -> NDArray[np.float64]:
        """(draws, areas) or (areas,) persons whose chain ends within the limit."""
        return covered(to_scene, self.latest(to_hospital), demand)

    def each(self, to_scene: NDArray[np.float32], to_hospital: NDArray[np.float32]) -> pd.DataFrame:
        """The chain of every cell, part by part; see `golden_hour`."""
        before, between, after = self.parts
        return golden_hour(to_scene, to_hospital, before=before, between=between, after=after)


def open_chain(bench: Bench, service: Service, builds: pd.DataFrame) -> Chain:
    """Find the capable hospitals and place those of the roadmap.

    A hospital of the roadmap counts if it is new, or replaces one at a place of its own, and has the beds that the rule for
    capable hospitals asks for; that it admits emergencies is taken from its being a general hospital. One whose place is not
    stated is proposed where all people together drive least (p-median with one site, in its district), and drawn like any
    other build.

    Raises
    ------
    InputError
        If no hospital of the layer is capable by the rule of the standards.
    """
    rule = bench.standards.golden_hour
    here = capable_hospitals(bench.city.facilities, rule.capable)
    reach = replace(bench.reach(service), direction="to_facility")
    existing, _ = reach.nearest(here.geometry.x, here.geometry.y)
    table = _roadmap_hospitals(builds, rule.capable)
    candidates = bench.candidates(service)
    quotas = table.loc[table["status"] == "proposed", "district"].tolist()
    picks = np.zeros((draw_count(bench), 0), dtype=np.int64)
    rows = np.zeros((0, len(existing)), dtype=np.float32)
    inside = np.zeros(0, dtype=np.int64)
    if quotas:
        inside = np.flatnonzero(candidates["district"].isin(quotas) | ("" in quotas))
        own = candidates.iloc[inside]
        dense = cost_rows(reach, own["lon"], own["lat"]).dense
        assert dense is not None
        rows = dense
        rng = generator(bench, service, "hospitals")
        picks = draw_sites(quotas, own, count=draw_count(bench), rng=rng)
    added, drawn = [], []
    state, column = existing.astype(np.float64), 0
    persons = bench.demand.persons.astype(np.float64)
    for at in table.index[table["status"].isin(["stated", "proposed"])]:
        row = table.loc[at]
        if row["status"] == "stated":
            cost, _ = reach.nearest([row["lon"]], [row["lat"]])
            drawn.append(cost[None, :])
        else:
            mine = candidates["district"].iloc[inside].eq(row["district"]).to_numpy() | (
                row["district"] == ""
            )
            best = _least_drive(rows, state, persons, mine)
            cost = rows[best]
            table.loc[at, ["lon", "lat"]] = candidates[["lon", "lat"]].to_numpy()[inside[best]]
            drawn.append(rows[picks[:, column]])
            column += 1
        added.append(cost)
        state = np.minimum(state, cost)
    before = {
        name: figure.value * 60
        for name, figure in (("call_handling", service.call_handling), ("turnout", service.turnout))
        if figure is not None
    }
    between, after = {"on_scene": rule.on_scene.value * 60}, {"hand_over": rule.hand_over.value * 60}
    return Chain(
        builds=table,
        existing=existing,
        added=np.stack(added) if added else np.zeros((0, len(existing)), dtype=np.float32),
        drawn=drawn,
        parts=(before, between, after),
        limit=rule.limit.value * 60,
    )


def capable_hospitals(facilities: gpd.GeoDataFrame, rule: Capable) -> gpd.GeoDataFrame:
    """Hospitals that can end the golden hour: enough emergency admissions and beds, no other kind, and a place.

    Parameters
    ----------
    facilities
        The facilities layer.
    rule
        Figures and words of standards.toml; an unknown figure is not enough.

    Raises
    ------
    InputError
        If there is none.
    """
    rows = facilities[facilities["service"] == "hospital"]
    other = _of_another_kind(rows["name"], rule)
    enough = (rows["emergency_admissions"] >= rule.emergency_admissions.value) & (
        rows["capacity"] >= rule.beds.value
    )
    placed = ~(rows.geometry.isna() | rows.geometry.is_empty)
    found = rows[enough & placed & ~other]
    if found.empty:
        msg = "golden hour: not computable: no hospital of the layer is capable by the rule of standards.toml"
        raise InputError(msg)
    return cast("gpd.GeoDataFrame", found)


def _of_another_kind(names: pd.Series, rule: Capable) -> NDArray[np.bool_]:
    text = names.fillna("").str.lower()
    other = np.zeros(len(text), dtype=bool)
    for word in rule.other_kinds.words:
        other |= text.str.contains(word.lower(), regex=False).to_numpy()
    return other


def _roadmap_hospitals(builds: pd.DataFrame, rule: Capable) -> pd.DataFrame:
    """The roadmap's hospitals by year of opening, each with what it means for the chain."""
    rows = builds[builds["service"] == "hospital"].sort_values(["opens", "build_id"], kind="stable")
    placed = rows["lon"].notna() & (rows["place"].fillna("") != "")
    in_place = rows["action"].isin(_STANDS_ALREADY) | ((rows["action"] == "replacement") & ~placed)
    beds = rows["capacity"].astype(float)
    few = ~(beds >= rule.beds.value) | _of_another_kind(rows["note"], rule)
    status = np.select([in_place, few, placed], ["in place", "not capable", "stated"], "proposed")
    return pd.DataFrame(
        {
            "build_id": rows["build_id"],
            "action": rows["action"],
            "opens": rows["opens"].astype(int),
            "beds": beds,
            "district": rows["district"].fillna(""),
            "status": status,
            "lon": np.where(status == "stated", rows["lon"].astype(float), np.nan),
            "lat": np.where(status == "stated", rows["lat"].astype(float), np.nan),
        }
    ).reset_index(drop=True)


def _least_drive(
    rows: NDArray[np.float32],
    state: NDArray[np.float64],
    persons: NDArray[np.float64],
    mine: NDArray[np.bool_],
) -> int:
    """Position of the candidate with which all people together drive least; of equal ones the first."""
    reached = np.isfinite(state)
    sums = np.full(len(rows), np.inf)
    for at in np.flatnonzero(mine).tolist():
        sums[at] = (np.minimum(rows[at][reached], state[reached]) * persons[reached]).sum()
    if not mine.any():
        msg = "golden hour: no candidate site lies in the district of a planned hospital"
        raise InputError(msg)
    return int(np.argmin(sums))
