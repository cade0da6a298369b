"""Branch and cut: the exact engine, linear programmes in the candidates alone under tangents of what a plan is worth."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geoplan.siting._start import improve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting._savings import Savings
    from geoplan.siting.solution import Limits, Status

__all__ = ["Found", "branch_and_cut"]

_WHOLE = 1e-6
# Rounds of cuts at the root and elsewhere that may gain next to nothing before branching is the better use of time.
_STALLED = 8
_ROOT_ROUNDS, _NODE_ROUNDS = 2000, 6


@dataclass(frozen=True)
class Found:
    """The best plan, its value, the proven bound, nodes used and why the search ended."""

    chosen: NDArray[np.bool_]
    value: float
    bound: float
    nodes: int
    status: Status


class _Master:
    """max sum of theta over x within the rules and under the cuts; columns are x, then one theta per block."""

    def __init__(self, worth: Savings, rules: Rules, limits: Limits, ceiling: NDArray[np.float64]) -> None:
        self.n, self.blocks = len(rules.lower), worth.n_blocks
        self.highs = highs = highspy.Highs()
        for name, value in (
            ("output_flag", False),
            ("threads", limits.threads),
            ("random_seed", limits.seed),
            ("presolve", "off"),
            ("solver", "simplex"),
        ):
            highs.setOptionValue(name, value)
        inf = highspy.kHighsInf
        columns = self.n + self.blocks
        highs.addVars(columns, np.concatenate([rules.lower, np.zeros(self.blocks)]),
                      np.concatenate([rules.upper, ceiling]))  # fmt: skip
        theta = np.arange(self.n, columns, dtype=np.int32)
        highs.changeColsCost(self.blocks, theta, np.ones(self.blocks))
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        for member, least, most in zip(rules.members, rules.least, rules.most, strict=True):
            index = np.flatnonzero(member).astype(np.int32)
            highs.addRow(least, most if np.isfinite(most) else inf, len(index), index, member[index])
        self.fixed_rows = len(rules.members)

    def add(
        self, constant: NDArray[np.float64], coefficients: NDArray[np.float64], which: NDArray[np.int64]
    ) -> None:
        """theta_b - coefficients_b @ x <= constant_b for the blocks asked for."""
        for block in which.tolist():
            index = np.flatnonzero(coefficients[block])
            columns = np.append(index, self.n + block).astype(np.int32)
            values = np.append(-coefficients[block, index], 1.0)
            self.highs.addRow(-highspy.kHighsInf, float(constant[block]), len(columns), columns, values)

    def bounds(self, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        self.highs.changeColsBounds(self.n, np.arange(self.n, dtype=np.int32), lower, upper)

    def solve(self) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
        """Objective, x, theta and reduced costs of x; None if no plan lies within the bounds."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            msg = f"siting: HiGHS stopped with {self.highs.modelStatusToString(status)}"
            raise RuntimeError(msg)
        solution = self.highs.getSolution()
        values = np.asarray(solution.col_value)
        reduced = np.asarray(solution.col_dual)[: self.n]
        x = np.clip(values[: self.n], 0.0, 1.0)
        return float(self.highs.getInfo().objective_function_value), x, values[self.n :], reduced

    def drop_slack(self) -> None:
        """Forget cuts that do not bind, so that the nodes' programmes stay small."""
        basis = self.highs.getBasis()
        loose = [
            row
            for row, status in enumerate(basis.row_status)
            if row >= self.fixed_rows and status == highspy.HighsBasisStatus.kBasic
        ]
        if loose:
            self.highs.deleteRows(len(loose), np.asarray(loose, dtype=np.int32))


def branch_and_cut(
    worth: Savings, rules: Rules, start: NDArray[np.bool_], limits: Limits, *, stop: float | None
) -> Found:
    """Find the plan of most worth, or prove how far from it the best one found can be.

    Parameters
    ----------
    worth
        A concave relaxation with tangents.
    rules
        What a plan must keep.
    start
        A plan that keeps them.
    limits
        Gap, nodes.
    stop
        `time.perf_counter()` at which to stop; None: never.
    """
    search = _Search(worth, rules, start, limits, stop)
    return search.run()


class _Search:
    def __init__(
        self, worth: Savings, rules: Rules, start: NDArray[np.bool_], limits: Limits, stop: float | None
    ) -> None:
        self.worth, self.rules, self.limits, self.stop = worth, rules, limits, stop
        self.best, self.value = start, worth.value(start)
        everything, _ = worth.cut(np.ones(len(rules.lower)))
        self.master = _Master(worth, rules, limits, everything)
        self.nodes = 0

    def enough(self, bound: float) -> bool:
        """Whether the best plan is proven near enough to the bound; at gap 0 down to rounding."""
        slack = max(self.limits.gap, 1e-9) * max(abs(bound), abs(self.value))
        return bound - self.value <= slack

    def late(self) -> bool:
        return self.stop is not None and time.perf_counter() > self.stop

    def run(self) -> Found:
        root_lower, root_upper = self.rules.lower.copy(), self.rules.upper.copy()
        self.master.add(*self.worth.cut(self.best.astype(float)), np.arange(self.worth.n_blocks))
        solved = self.cut_off(_ROOT_ROUNDS, root=True)
        if solved is None:
            return Found(self.best, self.value, self.value, 1, "optimal")
        bound, x, reduced = solved
        if self.limits.heuristic or self.enough(bound) or self.late():
            return self.ended(bound)
        self.master.drop_slack()
        self.fix(bound, reduced, root_lower, root_upper)
        heap = [(-bound, 0, root_lower, root_upper)]
        made = 1
        while heap:
            bound = max(-heap[0][0], self.value)
            if self.enough(bound) or self.nodes >= self.limits.nodes or self.late():
                return self.ended(bound)
            key, _, lower, upper = heapq.heappop(heap)
            self.nodes += 1
            self.master.bounds(lower, upper)
            solved = self.cut_off(_NODE_ROUNDS, root=False)
            if solved is None or self.enough(solved[0]):
                continue
            bound, x, reduced = solved
            bound = min(bound, -key)
            self.fix(bound, reduced, lower, upper)
            off = np.minimum(x, 1 - x)
            off[lower == upper] = 0.0
            if off.max() <= _WHOLE:
                # A whole plan whose tangents are in: its bound is its value, or rounds ran out; look again.
                if bound > self.value:
                    heapq.heappush(heap, (-bound, made, lower, upper))
                    made += 1
                continue
            column = int(off.argmax())
            for whole in (1.0, 0.0):
                low, high = lower.copy(), upper.copy()
                low[column] = high[column] = whole
                heapq.heappush(heap, (-bound, made, low, high))
                made += 1
        return self.ended(self.value)

    def cut_off(
        self, rounds: int, *, root: bool
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]] | None:
        """Solve and cut until the relaxation is met, nothing moves, or the bound is no longer of interest."""
        stalled, last = 0, np.inf
        for turn in range(rounds):
            solved = self.master.solve()
            if solved is None:
                return None
            bound, x, theta, reduced = solved
            if self.enough(bound) or self.late():
                break
            constant, coefficients = self.worth.cut(x)
            worth = constant + coefficients @ x
            if np.minimum(x, 1 - x).max() <= _WHOLE or (root and turn % 10 == 0):
                self.try_plan(x)
            over = np.flatnonzero(theta - worth > 1e-9 * np.maximum(1.0, np.abs(theta)))
            if not len(over):
                break
            stalled = stalled + 1 if last - bound < 1e-5 * max(1.0, abs(bound - self.value)) else 0
            if stalled > _STALLED and np.minimum(x, 1 - x).max() > _WHOLE:
                break
            last = bound
            self.master.add(constant, coefficients, over)
        if root:
            self.try_plan(x)
        return bound, x, reduced

    def try_plan(self, x: NDArray[np.float64]) -> None:
        """Round x to a plan that keeps the rules, swap it to a local optimum if new, and keep it if better."""
        chosen = self.rules.lower > 0
        order = np.argsort(-x, kind="stable")
        for column in order.tolist():
            if chosen.sum() >= self.rules.least[0]:
                break
            if not chosen[column] and self.rules.addable(chosen)[column]:
                chosen[column] = True
        if not self.rules.keeps(chosen):
            return
        chosen = improve(self.worth, self.rules, chosen)
        value = self.worth.value(chosen)
        if value > self.value:
            self.best, self.value = chosen, value

    def fix(
        self,
        bound: float,
        reduced: NDArray[np.float64],
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
    ) -> None:
        """Fix, in place, what reduced costs show no better plan can change."""
        room = bound - self.value
        slack = 1e-7 * max(1.0, abs(bound))
        upper[(lower == 0) & (reduced < -(room + slack))] = 0.0
        lower[(upper == 1) & (reduced > room + slack)] = 1.0

    def ended(self, bound: float) -> Found:
        bound = max(bound, self.value)
        if bound - self.value <= 1e-9 * max(1.0, abs(bound)):
            status: Status = "optimal"
            bound = self.value
        elif self.enough(bound):
            status = "within gap"
        elif self.limits.heuristic:
            status = "heuristic"
        else:
            status = "time limit" if self.late() else "node limit"
        return Found(self.best, self.value, bound, self.nodes, status)
