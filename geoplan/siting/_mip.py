"""Mixed-integer programmes, solved by HiGHS."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting.solution import Limits, Status

__all__ = ["Answer", "minimise", "quiet_highs", "rule_rows"]


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: x (None: nothing yet), its objective, the proven bound, nodes and why it stopped."""

    x: NDArray[np.float64] | None
    objective: float
    bound: float
    nodes: int
    status: Status
    infeasible: bool = False


def minimise(
    cost: NDArray[np.float64],
    rows: csr_array,
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    *,
    upper: NDArray[np.float64],
    lower: NDArray[np.float64] | None = None,
    whole: NDArray[np.bool_] | bool = True,
    limits: Limits,
    stop: float | None = None,
    start: NDArray[np.float64] | None = None,
) -> Answer:
    """Minimise cost @ x under least <= rows @ x <= most and bounds, with some or all of x whole.

    `start` is a plan to begin with; `stop` a moment of `time.perf_counter()`.
    """
    n = len(cost)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, rows.shape[0]
    lp.col_cost_ = np.asarray(cost, dtype=float)
    lp.col_lower_ = np.zeros(n) if lower is None else lower
    lp.col_upper_ = np.where(np.isfinite(upper), upper, highspy.kHighsInf)
    lp.row_lower_ = np.where(np.isfinite(least), least, -highspy.kHighsInf)
    lp.row_upper_ = np.where(np.isfinite(most), most, highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = rows.data.astype(float)
    mask = np.broadcast_to(np.asarray(whole), n)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(is_whole)] for is_whole in mask.tolist()]
    options: dict[str, float] = {
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 1e-9,
        "mip_max_nodes": limits.nodes,
    }
    if stop is not None:
        options["time_limit"] = max(stop - time.perf_counter(), 0.01)
    highs = quiet_highs(limits, **options)
    highs.passModel(lp)
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        highs.setSolution(given)
    highs.run()
    return _answer(highs)


def quiet_highs(limits: Limits, **options: float | str) -> highspy.Highs:
    """HiGHS without its log, on the threads and with the seed asked for."""
    # The threads of one process are kept by HiGHS from its first run; another number is an error until they are let go.
    highspy.Highs.resetGlobalScheduler(True)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for name, value in {"threads": limits.threads, "random_seed": limits.seed, **options}.items():
        highs.setOptionValue(name, value)
    return highs


def _answer(highs: highspy.Highs) -> Answer:
    status, info = highs.getModelStatus(), highs.getInfo()
    known = highspy.HighsModelStatus
    if status in {known.kInfeasible, known.kUnboundedOrInfeasible}:
        return Answer(None, np.inf, np.inf, 0, "optimal", infeasible=True)
    early: dict[highspy.HighsModelStatus, Status] = {
        known.kTimeLimit: "time limit",
        known.kSolutionLimit: "node limit",
        known.kIterationLimit: "node limit",
    }
    if status not in {known.kOptimal, known.kModelEmpty, *early}:
        msg = f"siting: HiGHS stopped with {highs.modelStatusToString(status)}"
        raise RuntimeError(msg)
    x = np.asarray(highs.getSolution().col_value) if info.primal_solution_status == 2 else None
    objective = float(info.objective_function_value) if x is not None else np.inf
    bound = float(info.mip_dual_bound)
    if status == known.kModelEmpty:
        bound = objective
    apart = objective - bound > 1e-9 * max(1.0, abs(objective))
    ended: Status = "within gap" if apart else "optimal"
    why: Status = early.get(status, ended)
    return Answer(x, objective, min(bound, objective), max(int(info.mip_node_count), 0), why)


def rule_rows(rules: Rules) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """Rows of the rules, `once` rows among them where there are several moments."""
    rows = csr_array(rules.members)
    if rules.moment.max(initial=0) == 0:
        return rows, rules.least, rules.most
    places = int(rules.place.max()) + 1
    once = csr_array((np.ones(rules.n), (rules.place, np.arange(rules.n))), shape=(places, rules.n))
    least = np.concatenate([rules.least, np.zeros(places)])
    return csr_array(vstack([rows, once], format="csr")), least, np.concatenate([rules.most, np.ones(places)])
