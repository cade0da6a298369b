"""The same optima as spopt (BSD-3, its default solver CBC), on small and medium instances; needs the `bench` extra."""

from __future__ import annotations

import numpy as np
import pytest
from test_solve import scattered

from geoplan.siting import Problem, solve

pulp = pytest.importorskip("pulp", reason="spopt is not installed: pip install '.[bench]'")
locate = pytest.importorskip("spopt.locate", reason="spopt is not installed: pip install '.[bench]'")
SIZES = [(40, 12, 3), (200, 40, 6)]


def cbc():
    return pulp.PULP_CBC_CMD(msg=False)


@pytest.mark.parametrize(("points", "places", "count"), SIZES)
def test_the_same_optima_as_spopt(points, places, count):
    costs, weights = scattered(points, places, seed=points)
    radius = float(np.quantile(costs.min(axis=1), 0.9) * 1.6)
    found = solve(
        Problem(model="maximal_covering", costs=costs, weights=weights, count=count, threshold=radius)
    )
    # Not its perc_cov, which ignores weights.
    theirs = locate.MCLP.from_cost_matrix(costs, weights, radius, p_facilities=count).solve(cbc())
    assert found.objective == pytest.approx(pulp.value(theirs.problem.objective))
    found = solve(Problem(model="p_median", costs=costs, weights=weights, count=count))
    theirs = locate.PMedian.from_cost_matrix(costs, weights, p_facilities=count).solve(cbc())
    assert found.objective == pytest.approx(pulp.value(theirs.problem.objective))
    found = solve(Problem(model="p_center", costs=costs, weights=weights, count=count))
    theirs = locate.PCenter.from_cost_matrix(costs, p_facilities=count).solve(cbc())
    assert found.objective == pytest.approx(pulp.value(theirs.problem.objective))
    radius = float(costs.min(axis=1).max())
    found = solve(Problem(model="set_covering", costs=costs, weights=weights, threshold=radius))
    theirs = locate.LSCP.from_cost_matrix(costs, radius).solve(cbc())
    assert found.objective == pytest.approx(pulp.value(theirs.problem.objective))
