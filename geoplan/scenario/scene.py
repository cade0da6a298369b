"""Scene: what stands when, and what it costs each cell to be served by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan.access import Drawn, straight_distance, straight_rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.access import Field, Rows

__all__ = ["Scene", "middle_draw"]


def middle_draw(costs: NDArray[np.float32]) -> NDArray[np.float32]:
    """(cells,) cost in the middle of some draws: the lower median, so that a bound met in half the draws counts as met."""
    draws = len(costs)
    if draws == 1:
        return costs[0]
    middle = (draws - 1) // 2
    # Cell by cell lies the memory of a transposed copy, which is searched several times as fast.
    return np.partition(np.ascontiguousarray(costs.T), middle, axis=1)[:, middle].copy()


@dataclass
class Scene:
    """One service's existing facilities and builds, with the costs needed to ask what stands when.

    Attributes
    ----------
    existing, builds
        As `existing_sites` and `planned_sites` give them; the builds' sites, proposed ones too, are set.
    reach
        The network seen from the cells.
    build_costs
        (B, cells) cost from each build; inf for builds that stand nowhere new.
    drawn_rows, drawn_picks
        Costs from possible places, and which of them each drawn existing facility takes in each draw: (draws, D), D the
        facilities with `drawn` set, in their order. None where nothing is drawn.
    """

    existing: pd.DataFrame
    builds: pd.DataFrame
    reach: Field
    baseline_year: int
    build_costs: NDArray[np.float32]
    drawn_rows: Rows | None = None
    drawn_picks: NDArray[np.int64] | None = None
    _fixed: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict)
    _drawn: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict)
    _in_order: dict[tuple[int, ...], Drawn] = field(default_factory=dict)
    _straight: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict)
    _straight_builds: NDArray[np.float32] | None = None
    _standing: dict[tuple[int, bytes], NDArray[np.bool_]] = field(default_factory=dict)
    _built: dict[bytes, NDArray[np.float32]] = field(default_factory=dict)

    @cached_property
    def opens(self) -> NDArray[np.int64]:
        """Opening year of each build."""
        return self.builds["opens"].to_numpy(dtype=np.int64)

    @cached_property
    def everywhere(self) -> NDArray[np.bool_]:
        """Builds that change something: they have a site, or close what they replace."""
        return (self.builds["site_status"] != "none").to_numpy()

    @cached_property
    def replaces(self) -> NDArray[np.int64]:
        """Existing facility that each build replaces; -1 where none."""
        return self.builds["replaced"].to_numpy(dtype=np.int64)

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        """Columns that are asked for at every state, as arrays."""
        builds, existing = self.builds, self.existing
        of_builds = {name: builds[name].to_numpy() for name in ("register", "replaced")}
        return of_builds | {
            name: existing[name].to_numpy() for name in ("opens", "closes", "placed", "drawn")
        }

    def forget(self) -> None:
        """Forget what was worked out from the costs of the builds: they have changed."""
        self._built.clear()
        self._straight_builds = None

    def standing(self, year: int, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which existing facilities stand at the end of a year, given which builds count.

        A register row that opened after the baseline and is one of the builds enters with that build, never on its own; one
        that stood before (the build is a new house on the old site) stands all along. What an active build replaces closes
        in the year that build opens.
        """
        key = (year, active.tobytes())
        if key not in self._standing:
            self._standing[key] = self._stands(year, active)
        return self._standing[key].copy()

    def _stands(self, year: int, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
        opens, closes = self._columns["opens"], self._columns["closes"]
        stands = ((opens == 0) | (opens <= year)) & ((closes == 0) | (closes > year))
        register, replaced = self._columns["register"], self._columns["replaced"]
        is_build = register[register >= 0]
        stands[is_build[opens[is_build] > self.baseline_year]] = False
        gone = active & (self.opens <= year) & (replaced >= 0)
        stands[replaced[gone]] = False
        return stands

    def fixed(self, stands: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) cost to the nearest of the standing facilities whose place is known."""
        rows = np.flatnonzero(stands & self._columns["placed"])
        key = tuple(rows.tolist())
        if key not in self._fixed:
            places = self.existing.iloc[rows]
            self._fixed[key], _ = self.reach.nearest(places["lon"], places["lat"])
        return self._fixed[key]

    def drawn(self, stands: NDArray[np.bool_]) -> NDArray[np.float32] | None:
        """(draws, cells) cost to the nearest of the standing facilities whose place is drawn; None if there is none."""
        if self.drawn_rows is None or self.drawn_picks is None:
            return None
        key = self.drawn_key(stands)
        if key not in self._drawn:
            cells = self.build_costs.shape[1]
            state = np.full((len(self.drawn_picks), cells), np.inf, dtype=np.float32)
            for column in key:
                self.drawn_rows.lower(state, self.drawn_picks[:, column])
            self._drawn[key] = state
        return self._drawn[key]

    def drawn_key(self, stands: NDArray[np.bool_]) -> tuple[int, ...]:
        """Columns of `drawn_picks` of the standing facilities whose place is drawn."""
        all_drawn = np.flatnonzero(self._columns["drawn"])
        return tuple(np.flatnonzero(stands[all_drawn]).tolist())

    def typical(
        self, year: int, active: NDArray[np.bool_], *, known_only: bool = False
    ) -> NDArray[np.float32]:
        """(cells,) cost in the middle draw of `costs`, without building all draws.

        The lower of the known cost and a drawn one never changes the order of the draws, so the middle of the lower ones is
        the lower one with the middle.
        """
        stands = self.standing(year, active)
        known = self.known(year, active)
        drawn = None if known_only else self.drawn(stands)
        if drawn is None:
            return known
        return np.minimum(known, self.in_order(self.drawn_key(stands), drawn).middle)

    def in_order(self, key: tuple[int, ...], drawn: NDArray[np.float32]) -> Drawn:
        """The costs of the drawn facilities of a key, in order; made once."""
        if key not in self._in_order:
            self._in_order[key] = Drawn(drawn, drawn.shape[1])
        return self._in_order[key]

    def built(self, chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) cost to the nearest of the chosen builds; inf if none is chosen."""
        key = chosen.tobytes()
        if key not in self._built:
            rows = np.flatnonzero(chosen)
            none = np.full(self.build_costs.shape[1], np.inf, dtype=np.float32)
            self._built[key] = self.build_costs[rows].min(axis=0, initial=np.inf) if len(rows) else none
        return self._built[key]

    def costs(self, year: int, active: NDArray[np.bool_], *, known_only: bool = False) -> NDArray[np.float32]:
        """(draws, cells) cost to the nearest of all that stands at the end of a year.

        Parameters
        ----------
        year
            Builds opening up to it stand.
        active
            Which builds count at all.
        known_only
            Leave out the drawn facilities: what is on the map for certain. One row then.
        """
        known = self.known(year, active)
        drawn = None if known_only else self.drawn(self.standing(year, active))
        return known[None, :] if drawn is None else np.minimum(drawn, known)

    def known(self, year: int, active: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) cost to the nearest of all that stands at the end of a year, but for the drawn facilities."""
        stands = self.standing(year, active)
        return np.minimum(self.fixed(stands), self.built(active & (self.opens <= year)))

    def straight(self, year: int, active: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) straight metres to the nearest of all that stands at the end of a year and has a place."""
        demand, crs = self.reach.demand, self.reach.network.crs
        stands = np.flatnonzero(self.standing(year, active) & self._columns["placed"])
        key = tuple(stands.tolist())
        if key not in self._straight:
            here = self.existing.iloc[stands]
            self._straight[key] = straight_distance(here["lon"], here["lat"], demand, crs=crs)
        if self._straight_builds is None:
            self._straight_builds = np.full(self.build_costs.shape, np.inf, dtype=np.float32)
            sites = self.builds[self.everywhere]
            self._straight_builds[self.everywhere] = straight_rows(
                sites["site_lon"], sites["site_lat"], demand, crs=crs
            )
        built = np.flatnonzero(active & self.everywhere & (self.opens <= year))
        if not len(built):
            return self._straight[key]
        return np.minimum(self._straight[key], self._straight_builds[built].min(axis=0))

    def moments(self, active: NDArray[np.bool_]) -> list[int]:
        """Years after the baseline in which something opens or closes."""
        years = set(self.opens[active & self.everywhere].tolist())
        own = self.existing
        # Register rows that are builds enter with their build, whatever day the register gives.
        free = ~own.index.isin(self.builds["register"])
        years |= set(own.loc[free, "opens"]) | set(own.loc[free, "closes"])
        return sorted(int(year) for year in years if year > self.baseline_year)
