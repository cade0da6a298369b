"""Views: the cells' access classes at each moment, as the maps colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["UNREACHABLE", "classes", "map_views", "typical"]

UNREACHABLE = 255


def typical(costs: NDArray[np.float32]) -> NDArray[np.float32]:
    """(cells,) cost in the middle draw: the lower median, so that a bound met in half the draws counts as met."""
    draws = len(costs)
    if draws == 1:
        return costs[0]
    middle = (draws - 1) // 2
    return np.partition(costs, middle, axis=0)[middle]


def classes(costs: NDArray[np.float32], service: Service) -> NDArray[np.uint8]:
    """Class of each cost: the first map break it does not exceed; a cost equal to a break is within it."""
    bounds = np.asarray([service.to_unit(value) for value in service.map_breaks], dtype=np.float32)
    out = np.searchsorted(bounds, costs, side="left").astype(np.uint8)
    out[~np.isfinite(costs)] = UNREACHABLE
    return out


def map_views(
    scene: Scene, service: Service, *, scopes: dict[str, NDArray[np.bool_]]
) -> tuple[list[str], dict[str, NDArray[np.uint8]]]:
    """Classes per moment and cell of every view.

    Returns
    -------
    moments, views
        `baseline` and the years in which anything changes in any scope; per view (moments, cells) classes.
    """
    everyone = np.logical_or.reduce(list(scopes.values()))
    years = scene.moments(everyone)
    steps = [scene.baseline_year, *years]
    views = {
        f"proposed{suffix}": np.stack(
            [classes(typical(scene.costs(year, active)), service) for year in steps]
        )
        for suffix, active in scopes.items()
    }
    known = scopes[""] & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    views["placed"] = np.stack(
        [classes(scene.costs(year, known, known_only=True)[0], service) for year in steps]
    )
    return ["baseline", *(str(year) for year in years)], views
