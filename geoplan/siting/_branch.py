"""Branch and cut: the exact engine, linear programmes in the candidates alone under tangents of what a plan is worth."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geoplan.siting._mip import quiet_highs
from geoplan.siting._start import grow, improve, net_worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting._worth import Worth
    from geoplan.siting.solution import Limits, Status

__all__ = ["Found", "branch_and_cut"]

_WHOLE = 1e-6
# Rounds of cuts at the root and elsewhere that may gain next to nothing before branching is the better use of time.
_STALLED = 8
_ROOT_ROUNDS, _NODE_ROUNDS = 2000, 6
# HiGHS keeps rows to 1e-7: everything is worth so much in its programmes, whatever the unit of the weights.
_SCALE = 1e5
# Relative difference that counts as none.
_NONE = 1e-9
# Relative rounding of a sum over all people.
_DUST = 1e-12


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

    def __init__(self, worth: Worth, rules: Rules, limits: Limits, ceiling: NDArray[np.float64]) -> None:
        self.n, self.blocks = rules.n, worth.n_blocks
        self.scale = _SCALE / max(float(ceiling.sum()), 1e-300)
        self.highs = highs = quiet_highs(limits, presolve="off", solver="simplex")
        inf = highspy.kHighsInf
        columns = self.n + self.blocks
        highs.addVars(columns, np.concatenate([rules.lower, np.zeros(self.blocks)]),
                      np.concatenate([rules.upper, ceiling * self.scale]))  # fmt: skip
        theta = np.arange(self.n, columns, dtype=np.int32)
        highs.changeColsCost(self.blocks, theta, np.ones(self.blocks))
        highs.changeColsCost(self.n, np.arange(self.n, dtype=np.int32), -rules.prices * self.scale)
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        for member, least, most in zip(rules.members, rules.least, rules.most, strict=True):
            index = np.flatnonzero(member).astype(np.int32)
            highs.addRow(least, most if np.isfinite(most) else inf, len(index), index, member[index])
        self.fixed_rows = len(rules.members)
        if rules.moment.max(initial=0) > 0:
            self._once(rules)

    def _once(self, rules: Rules) -> None:
        """Each candidate opens once at most."""
        order = np.argsort(rules.place, kind="stable").astype(np.int32)
        sizes = np.bincount(rules.place)
        rows = len(sizes)
        self.highs.addRows(
            rows, np.full(rows, -highspy.kHighsInf), np.ones(rows), len(order),
            (np.cumsum(sizes) - sizes).astype(np.int32), order, np.ones(len(order)),
        )  # fmt: skip
        self.fixed_rows += rows

    def add(
        self,
        constant: NDArray[np.float64],
        coefficients: NDArray[np.float64],
        which: NDArray[np.int64],
    ) -> None:
        """Require theta_b - coefficients_b @ x <= constant_b for the blocks asked for."""
        row, column = np.nonzero(coefficients[which])
        # Each row ends with its theta.
        sizes = np.bincount(row, minlength=len(which)) + 1
        ends = np.cumsum(sizes)
        index, data = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1])
        inner = np.arange(len(row)) + row
        index[inner], data[inner] = column, -coefficients[which[row], column] * self.scale
        index[ends - 1], data[ends - 1] = self.n + which, 1.0
        self.highs.addRows(
            len(which), np.full(len(which), -highspy.kHighsInf), constant[which] * self.scale, len(index),
            (ends - sizes).astype(np.int32), index, data,
        )  # fmt: skip

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
        reduced = np.asarray(solution.col_dual)[: self.n] / self.scale
        x = np.clip(values[: self.n], 0.0, 1.0)
        objective = float(self.highs.getInfo().objective_function_value)
        return objective / self.scale, x, values[self.n :] / self.scale, reduced

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
    worth: Worth,
    rules: Rules,
    start: NDArray[np.bool_],
    limits: Limits,
    *,
    base: float,
    sign: float,
    stop: float | None,
) -> Found:
    """Find the plan of most worth, or prove how far from it the best one found can be.

    Parameters
    ----------
    worth
        A function of the plan with tangents.
    rules
        What a plan must keep.
    start
        A plan that keeps them.
    limits
        Gap, nodes.
    base, sign
        The objective is base + sign x worth: what the gap is a share of.
    stop
        `time.perf_counter()` at which to stop; None: never.
    """
    return _Search(worth, rules, start, limits, lambda value: abs(base + sign * value), stop).run()


@dataclass(frozen=True)
class _Relaxed:
    """The relaxation of a node: its bound, x, reduced costs, and whether no tangent is missing."""

    bound: float
    x: NDArray[np.float64]
    reduced: NDArray[np.float64]
    tight: bool


class _Search:
    def __init__(
        self,
        worth: Worth,
        rules: Rules,
        start: NDArray[np.bool_],
        limits: Limits,
        size: Callable[[float], float],
        stop: float | None,
    ) -> None:
        self.worth, self.rules, self.limits, self.size, self.stop = worth, rules, limits, size, stop
        self.best, self.value = start, net_worth(worth, rules, start)
        everything, _ = worth.cut(np.ones(rules.n))
        self.master = _Master(worth, rules, limits, everything)
        self.nodes = 0
        self.tried: set[bytes] = set()
        # The best that any part of the search given up as good enough could hold.
        self.given_up = -np.inf

    def enough(self, bound: float, gap: float) -> bool:
        """Whether the best plan is proven to lie within a gap of the bound."""
        share = max(gap, _NONE) * max(self.size(bound), self.size(self.value))
        return bound - self.value <= max(share, self.dust(bound))

    def dust(self, bound: float) -> float:
        """Return what sums of this worth may differ by and be equal: of an objective of 0 no share is left to tell it."""
        return _DUST * max(abs(bound), abs(self.value))

    def late(self) -> bool:
        return self.stop is not None and time.perf_counter() > self.stop

    def run(self) -> Found:
        lower, upper = self.rules.lower.copy(), self.rules.upper.copy()
        self.master.add(*self.worth.cut(self.best.astype(float)), np.arange(self.worth.n_blocks))
        root = self.cut_off(_ROOT_ROUNDS, root=True)
        if root is None:
            return self.ended(self.value)
        if self.limits.heuristic or self.enough(root.bound, self.limits.gap) or self.late():
            return self.ended(root.bound)
        self.master.drop_slack()
        self.fix(root, lower, upper)
        self.heap = [(-root.bound, 0, lower, upper)]
        self.made = 1
        while self.heap:
            bound = -self.heap[0][0]
            if self.enough(bound, self.limits.gap) or self.nodes >= self.limits.nodes or self.late():
                return self.ended(bound)
            self.visit(*heapq.heappop(self.heap))
        return self.ended(self.value)

    def visit(self, key: float, _: int, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        """Bound a node; give it up, or part it in two."""
        self.nodes += 1
        self.master.bounds(lower, upper)
        node = self.cut_off(_NODE_ROUNDS, root=False)
        if node is None:
            return
        bound = min(node.bound, -key)
        off = np.minimum(node.x, 1 - node.x)
        whole = off.max() <= _WHOLE
        if self.enough(bound, self.limits.gap) or (whole and node.tight):
            self.given_up = max(self.given_up, bound)
            return
        self.fix(node, lower, upper)
        off[lower == upper] = 0.0
        if off.max() <= _WHOLE:
            # Rounds ran out on a whole plan: look again, its tangents are in now.
            self.push(bound, lower, upper)
            return
        column = int(off.argmax())
        for end in (1.0, 0.0):
            low, high = lower.copy(), upper.copy()
            low[column] = high[column] = end
            self.push(bound, low, high)

    def push(self, bound: float, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        heapq.heappush(self.heap, (-bound, self.made, lower, upper))
        self.made += 1

    def cut_off(self, rounds: int, *, root: bool) -> _Relaxed | None:
        """Solve and cut until the relaxation is met, nothing moves, or the bound is no longer of interest."""
        stalled, last = 0, np.inf
        for turn in range(rounds):
            solved = self.master.solve()
            if solved is None:
                return None
            bound, x, theta, reduced = solved
            whole = np.minimum(x, 1 - x).max() <= _WHOLE
            if whole or (root and turn % 10 == 0):
                self.try_plan(x)
            if self.enough(bound, self.limits.gap) or self.late():
                return _Relaxed(bound, x, reduced, tight=False)
            constant, coefficients = self.worth.cut(x)
            over = np.flatnonzero(
                theta - constant - coefficients @ x > max(_NONE * self.size(bound), self.dust(bound))
            )
            stalled = stalled + 1 if last - bound < 1e-5 * max(bound - self.value, 0.0) else 0
            if not len(over) or (stalled > _STALLED and not whole):
                break
            last = bound
            self.master.add(constant, coefficients, over)
        if root:
            self.try_plan(x)
        return _Relaxed(bound, x, reduced, tight=not len(over))

    def try_plan(self, x: NDArray[np.float64]) -> None:
        """Round x to a plan that keeps the rules, swap it to a local optimum if new, and keep it if better."""
        chosen = self.rules.lower > 0
        for column in np.argsort(-x, kind="stable")[: int((x > _WHOLE).sum())].tolist():
            if self.rules.addable(chosen)[column]:
                chosen[column] = True
        chosen = grow(self.worth, self.rules, chosen)
        if not self.rules.keeps(chosen):
            return
        key = chosen.tobytes()
        if key in self.tried:
            return
        self.tried.add(key)
        chosen = improve(self.worth, self.rules, chosen)
        value = net_worth(self.worth, self.rules, chosen)
        if value > self.value:
            self.best, self.value = chosen, value

    def fix(self, node: _Relaxed, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        """Fix, in place, what reduced costs show no better plan can change."""
        room = node.bound - self.value + max(1e-7 * self.size(node.bound), self.dust(node.bound))
        upper[(lower == 0) & (node.reduced < -room)] = 0.0
        lower[(upper == 1) & (node.reduced > room)] = 1.0

    def ended(self, bound: float) -> Found:
        bound = max(bound, self.value, self.given_up)
        if self.enough(bound, 0.0):
            status: Status = "optimal"
            bound = self.value
        elif self.enough(bound, self.limits.gap):
            status = "within gap"
        elif self.limits.heuristic:
            status = "heuristic"
        else:
            status = "time limit" if self.late() else "node limit"
        return Found(self.best, self.value, bound, self.nodes, status)
