"""Where the middle of a microdistrict lies, and how surely: from the points that name it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEAST_M", "Middle", "middle_of", "sure_within"]

# Fewer points do not tell a middle from one of its sides.
FEWEST = 3
# A point farther off bears the name of another place, or is a geocoder's fallback.
_FAR_M = 3000.0
# The spatial median of a round normal cloud is so much less sure than its mean: efficiency pi/4 (Brown 1983).
_MEDIAN = math.sqrt(4 / math.pi)
# Nine in ten middles told by three houses or more lie within 372 m of the middle of the blocks, where both are known
# (32 microdistricts; docs/data.md): no middle is claimed to be surer.
LEAST_M = 400.0
_STEPS, _STILL_M = 200, 0.01


class Middle(NamedTuple):
    """The middle of a microdistrict, metres, and the radius in metres that holds it nine times in ten."""

    x: float
    y: float
    radius: float


def middle_of(points: NDArray[np.float64], x: float, y: float) -> Middle | None:
    """Return the spatial median of the points that name a microdistrict, within 3 km of where it is thought to be.

    Parameters
    ----------
    points
        Shape (n, 2), metres.
    x, y
        A point of the microdistrict, metres.

    Returns
    -------
    Middle or None
        None where fewer than three points tell. The radius is nine tenths of the sampling error of a spatial median: the
        distance that holds nine tenths of the points, over the root of their number, times sqrt(4 / pi); 400 m at least.

    Raises
    ------
    None

    Notes
    -----
    Brown, B. M. (1983). Statistical uses of the spatial median. Journal of the Royal Statistical Society B 45 (1). The
    median is found by Weiszfeld's iteration.
    """
    near = points[np.hypot(points[:, 0] - x, points[:, 1] - y) <= _FAR_M]
    if len(near) < FEWEST:
        return None
    at = np.median(near, axis=0)
    for _ in range(_STEPS):
        weights = 1 / np.maximum(np.hypot(*(near - at).T), 1.0)
        moved = (near * weights[:, None]).sum(axis=0) / weights.sum()
        step = float(np.hypot(*(moved - at)))
        at = moved
        if step < _STILL_M:
            break
    reach = float(np.quantile(np.hypot(*(near - at).T), 0.9))
    radius = max(LEAST_M, _MEDIAN * reach / math.sqrt(len(near)))
    # To the metre, so that the last digits of an iteration decide nothing.
    return Middle(round(float(at[0])), round(float(at[1])), radius)


def sure_within(nine_tenths_m: float, count: float) -> float:
    """Return the radius that holds the mean of `count` blocks nine times in ten, 400 m at least.

    Parameters
    ----------
    nine_tenths_m
        Distance from the mean that holds nine tenths of the blocks, metres.
    count
        How many blocks the source counts; it counts most of them twice, so half of it is taken.

    Raises
    ------
    None
    """
    return max(LEAST_M, nine_tenths_m / math.sqrt(max(count / 2, 1.0)))
