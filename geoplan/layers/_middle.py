"""Where the middle of a microdistrict lies, and how surely: from the points that name it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FEWEST", "LEAST_M", "Middle", "agreed", "counted", "middle_of", "pick"]

# Fewer points do not tell a middle from one of its sides.
FEWEST = 3
# A point farther off bears the name of another place, or is a geocoder's fallback.
_FAR_M = 3000.0
# A point of a microdistrict stands for what lies within this of it.
_COVERS_M = 200.0
# What no number of points mends, since a source does not see all of a place: metres, and a share of how far it reaches.
# How often two sources agree within radii so made, by how far a place reaches: docs/data.md, "How well two sources agree".
_BLIND_M, _BLIND_SHARE = 200.0, 0.3
# Nine in ten pairs of middles that two sources tell to 250 m each lie within 321 m of each other (docs/data.md): none is
# claimed surer than this.
LEAST_M = 400.0
# Nine tenths of a round normal cloud lie within sqrt(2 ln 10) of its standard deviation (Rayleigh distribution).
_NINE_TENTHS = 2 * math.log(10)


class Middle(NamedTuple):
    """The middle of a microdistrict, metres, and the radius in metres that holds it nine times in ten.

    `sampling` is the part of the radius that more points would mend.
    """

    x: float
    y: float
    radius: float
    sampling: float


def pick(points: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """Return the different points, to the metre, that lie within 3 km of a place.

    Parameters
    ----------
    points
        Shape (n, 2), metres.
    x, y
        Where the place is thought to be, metres.

    Raises
    ------
    None
    """
    apart = np.unique(np.round(points.reshape(-1, 2)), axis=0)
    return apart[np.hypot(apart[:, 0] - x, apart[:, 1] - y) <= _FAR_M]


def middle_of(points: NDArray[np.float64]) -> Middle | None:
    """Return the middle of the area that the points of a microdistrict cover.

    Parameters
    ----------
    points
        Shape (n, 2), metres, of one source or several.

    Returns
    -------
    Middle or None
        None where fewer than three points tell. The middle is the centroid of all that lies within 200 m of a point: a
        source that names every house of one corner does not pull it there. `sampling` is nine tenths of the sampling error
        of a mean: the distance that holds nine tenths of the points, over the root of their number. The radius adds what the
        source may not see.

    Raises
    ------
    None
    """
    if len(points) < FEWEST:
        return None
    covered = shapely.centroid(shapely.buffer(shapely.multipoints(points), _COVERS_M))
    at = shapely.get_coordinates(covered)[0]
    reach = float(np.quantile(np.hypot(*(points - at).T), 0.9))
    # To the metre, so that last digits decide nothing.
    return counted(round(float(at[0])), round(float(at[1])), reach, len(points))


def counted(x: float, y: float, reach: float, count: float) -> Middle:
    """Return a mean of `count` points of which nine tenths lie within `reach` metres, with its radius.

    Raises
    ------
    None
    """
    sampling = reach / math.sqrt(max(count, 1.0))
    return Middle(x, y, math.hypot(sampling, _BLIND_SHARE * reach, _BLIND_M), sampling)


def agreed(middles: list[Middle]) -> Middle | None:
    """Return the middle that several sources tell together, weighted by the square of how sure each is.

    Returns
    -------
    Middle or None
        None where there is none. The radius is that of a weighted mean, widened by the root of chi square where the
        sources lie farther apart than their radii let expect (Birge ratio), and 400 m at least.

    Raises
    ------
    None

    Notes
    -----
    Birge, R. T. (1932). The calculation of errors by the method of least squares. Physical Review 40 (2).
    """
    if not middles:
        return None
    weights = np.array([1 / one.radius**2 for one in middles])
    x = float(np.average([one.x for one in middles], weights=weights))
    y = float(np.average([one.y for one in middles], weights=weights))
    radius = 1 / math.sqrt(float(weights.sum()))
    if len(middles) > 1:
        gaps = np.array([math.hypot(one.x - x, one.y - y) for one in middles])
        # Each source has two coordinates, two are used up by the mean; radii are nine tenths, not standard deviations.
        chi = _NINE_TENTHS * float((gaps**2 * weights).sum()) / (2 * (len(middles) - 1))
        radius *= max(1.0, math.sqrt(chi))
    return Middle(x, y, max(LEAST_M, radius), max(one.sampling for one in middles))
