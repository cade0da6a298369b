"""States: tallies of what stands when, each made from the nearest one that is already there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["States"]


@dataclass
class States:
    """Tallies of one service's states: the headline limit first, then every reading in order."""

    scene: Scene
    service: Service
    demand: Demand
    _pool: dict[tuple[str, tuple[int, ...] | None], Tally] = field(default_factory=dict)
    _last: dict[tuple[str, bool], tuple[int, bytes, Tally]] = field(default_factory=dict)

    def at(self, name: str, year: int, active: NDArray[np.bool_], *, known_only: bool = False) -> Tally:
        """Return the tally of what stands at the end of a year, kept under a name for the next one like it.

        Those of other names are left as they are.
        """
        same = (name, known_only)
        asked = (year, active.tobytes())
        if same in self._last and self._last[same][:2] == asked:
            return self._last[same][2]
        scene = self.scene
        stands = scene.standing(year, active)
        known = scene.known(year, active)
        key = None if known_only or scene.drawn(stands) is None else scene.drawn_key(stands)
        drawn = None if key is None else scene.drawn(stands)
        tally = self.of(name, key, drawn, known)
        self._last[same] = (*asked, tally)
        return tally

    def of(
        self,
        name: str,
        key: tuple[int, ...] | None,
        drawn: NDArray[np.float32] | None,
        known: NDArray[np.float32],
    ) -> Tally:
        """Return the tally of some costs; `key` tells which drawn facilities stand."""
        alike = [tally for (_, other), tally in self._pool.items() if other == key]
        if not alike:
            limits = [self.service.headline_reading.limit, *(r.limit for r in self.service.readings)]
            costs = drawn if key is None or drawn is None else self.scene.in_order(key, drawn)
            tally = Tally(costs, known, self.demand, limits)
        else:
            nearest = min(alike, key=lambda one: int(np.count_nonzero(one.known != known)))
            tally = nearest.copy()
            tally.move(known)
        self._pool[name, key] = tally
        return tally
