"""Floating catchments: capacity for each person, given who else can reach it (E2SFCA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["e2sfca", "zone_weights"]


def zone_weights(
    costs: NDArray[np.float32], *, zones: Sequence[float], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Weight of each cost: that of the first zone it lies in, 0 beyond the last.

    Parameters
    ----------
    costs
        Any shape, in the unit of `zones`.
    zones
        Outer bounds, rising; a cost equal to a bound is inside.
    weights
        One per zone, falling, between 0 and 1.

    Raises
    ------
    InputError
        If the zones do not rise, the weights rise or leave 0..1, or there is not one weight per zone.
    """
    bounds, decay = np.asarray(zones, dtype=np.float32), np.asarray(weights, dtype=float)
    if len(bounds) != len(decay) or not len(bounds) or (np.diff(bounds) <= 0).any():
        msg = f"zones {list(zones)} and weights {list(weights)}: give one weight for each of rising bounds"
        raise InputError(msg)
    if (np.diff(decay) > 0).any() or decay.max() > 1 or decay.min() < 0:
        msg = f"weights {list(weights)}: they fall with distance, from 1 at most to 0 at least"
        raise InputError(msg)
    return np.append(decay, 0.0)[np.searchsorted(bounds, costs, side="left")]


def e2sfca(
    costs: NDArray[np.float32],
    capacity: NDArray[np.float64],
    persons: NDArray[np.float64],
    *,
    zones: Sequence[float],
    weights: Sequence[float],
) -> NDArray[np.float64]:
    """Capacity per person within reach of each cell, shared with all others who can reach it.

    Parameters
    ----------
    costs
        (F, cells) between each facility and every cell; inf: no way.
    capacity
        (F,) seats, visits per shift or beds; not negative, none unknown.
    persons
        (cells,) demand.
    zones, weights
        Outer bounds of the zones in the unit of `costs`, and the weight of each.

    Returns
    -------
    numpy.ndarray
        (cells,) capacity per person; 0 where no facility is within the last zone. Weighted by persons it sums to the
        capacity of all facilities that anyone can reach.

    Raises
    ------
    InputError
        If a capacity is negative or unknown, or the shapes do not fit.

    Notes
    -----
    Enhanced two-step floating catchment area (Luo & Qi 2009, Health & Place 15): R_j = S_j / sum_k P_k W(c_kj), then
    A_i = sum_j R_j W(c_ij).
    """
    supply = np.asarray(capacity, dtype=float)
    if costs.shape != (len(supply), len(persons)):
        msg = f"costs are {costs.shape}, for {len(supply)} facilities and {len(persons)} cells"
        raise InputError(msg)
    if not np.isfinite(supply).all() or (supply < 0).any():
        at = int(np.flatnonzero(~np.isfinite(supply) | (supply < 0))[0])
        msg = f"capacity of facility {at} is {supply[at]:g}: it must be known and not negative"
        raise InputError(msg)
    weight = zone_weights(costs, zones=zones, weights=weights)
    wanted = weight @ np.asarray(persons, dtype=float)
    ratio = np.divide(supply, wanted, out=np.zeros_like(supply), where=wanted > 0)
    return ratio @ weight
