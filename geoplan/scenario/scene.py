"""Scene: what stands when, and what it costs each cell to be served by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

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
    _middle: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict)

    @property
    def opens(self) -> NDArray[np.int64]:
        """Opening year of each build."""
        return self.builds["opens"].to_numpy(dtype=np.int64)

    @property
    def everywhere(self) -> NDArray[np.bool_]:
        """Builds that change something: they have a site, or close what they replace."""
        return (self.builds["site_status"] != "none").to_numpy()

    def standing(self, year: int, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which existing facilities stand at the end of a year, given which builds count.

        A register row that opened after the baseline and is one of the builds enters with that build, never on its own; one
        that stood before (the build is a new house on the old site) stands all along. What an active build replaces closes
        in the year that build opens.
        """
        rows = self.existing
        opens, closes = rows["opens"].to_numpy(), rows["closes"].to_numpy()
        stands = ((opens == 0) | (opens <= year)) & ((closes == 0) | (closes > year))
        register = self.builds["register"].to_numpy()
        replaced = self.builds["replaced"].to_numpy()
        is_build = register[register >= 0]
        stands[is_build[opens[is_build] > self.baseline_year]] = False
        gone = active & (self.opens <= year) & (replaced >= 0)
        stands[replaced[gone]] = False
        return stands

    def fixed(self, stands: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) cost to the nearest of the standing facilities whose place is known."""
        rows = np.flatnonzero(stands & self.existing["placed"].to_numpy())
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
        all_drawn = np.flatnonzero(self.existing["drawn"].to_numpy())
        return tuple(np.flatnonzero(stands[all_drawn]).tolist())

    def typical(
        self, year: int, active: NDArray[np.bool_], *, known_only: bool = False
    ) -> NDArray[np.float32]:
        """(cells,) cost in the middle draw of `costs`, without building all draws.

        The lower of the known cost and a drawn one never changes the order of the draws, so the middle of the lower ones is
        the lower one with the middle.
        """
        stands = self.standing(year, active)
        known = np.minimum(self.fixed(stands), self.built(active & (self.opens <= year)))
        drawn = None if known_only else self.drawn(stands)
        if drawn is None:
            return known
        key = self.drawn_key(stands)
        if key not in self._middle:
            self._middle[key] = middle_draw(drawn)
        return np.minimum(known, self._middle[key])

    def built(self, chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(cells,) cost to the nearest of the chosen builds; inf if none is chosen."""
        rows = np.flatnonzero(chosen)
        if not len(rows):
            return np.full(self.build_costs.shape[1], np.inf, dtype=np.float32)
        return self.build_costs[rows].min(axis=0)

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
        stands = self.standing(year, active)
        known = np.minimum(self.fixed(stands), self.built(active & (self.opens <= year)))
        drawn = None if known_only else self.drawn(stands)
        return known[None, :] if drawn is None else np.minimum(drawn, known)

    def moments(self, active: NDArray[np.bool_]) -> list[int]:
        """Years after the baseline in which something opens or closes."""
        years = set(self.opens[active & self.everywhere].tolist())
        own = self.existing
        # Register rows that are builds enter with their build, whatever day the register gives.
        free = ~own.index.isin(self.builds["register"])
        years |= set(own.loc[free, "opens"]) | set(own.loc[free, "closes"])
        return sorted(int(year) for year in years if year > self.baseline_year)
