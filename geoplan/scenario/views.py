"""Views: the cost of each cell at each moment, and the access classes by which the maps colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["UNREACHABLE", "classes", "typical_costs"]

UNREACHABLE = 255


def classes(costs: NDArray[np.float32], service: Service) -> NDArray[np.uint8]:
    """Class of each cost: the first map break it does not exceed; a cost equal to a break is within it."""
    bounds = np.asarray([service.to_unit(value) for value in service.map_breaks], dtype=np.float32)
    # As many breaks as lie below a cost: a search for each of them, several times as fast as one for each cost.
    out = np.zeros(costs.shape, dtype=np.uint8)
    for bound in bounds:
        out += costs > bound
    out[~np.isfinite(costs)] = UNREACHABLE
    return out


def typical_costs(
    scene: Scene, *, scopes: dict[str, NDArray[np.bool_]]
) -> tuple[list[int], dict[str, NDArray[np.float32]]]:
    """Cost to the nearest facility per moment and cell, that of the middle draw where facilities are drawn.

    Returns
    -------
    years, costs
        The baseline year and those in which anything changes in any scope; per view (`proposed`, with `+private` too where
        there are private builds, and `placed`: known places only) costs in the network's unit, (years, cells).
    """
    everyone = np.logical_or.reduce(list(scopes.values()))
    years = [scene.baseline_year, *scene.moments(everyone)]
    views = {
        f"proposed{suffix}": np.stack([scene.typical(year, active) for year in years])
        for suffix, active in scopes.items()
    }
    known = scopes[""] & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    views["placed"] = np.stack([scene.typical(year, known, known_only=True) for year in years])
    return years, views
