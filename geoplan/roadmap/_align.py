"""Put shifted cells back: the order-keeping placement of a row's cells that satisfies most and moves least.

The paste that made the document lost or added empty cells, so the cells of a row kept their order and lost their
columns. A placement is scored by what does not fit (text in a money column, money outside the project's years, years
that do not add up to the total, sources that do not add up to it, a programme that differs from the sum of its
sub-projects) plus the empty cells that must have been lost or added. The best one is found exactly, by dynamic
programming over cells and columns with the running sums in the state (the sequence alignment of Needleman & Wunsch,
J. Mol. Biol. 48, 1970, with affine gaps); the bound of the same problem without sums prunes it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from geoplan.roadmap._cells import (
    AGENCIES,
    COLUMNS,
    COSTS,
    GOALS,
    KPIS,
    NOTE,
    PERIOD,
    SOURCES,
    TOTAL,
    WINDOWS,
)

if TYPE_CHECKING:
    from geoplan.roadmap._cells import Cell

__all__ = ["Context", "Placement", "align", "rounding"]

_FIRST, _LAST = AGENCIES, NOTE
# What a kind of cell costs in a kind of column. 0 fits, 1 is odd but happens (a bare number as goal), 4 and more is wrong.
_FIT = {
    #          agencies, period, goal, cost, total, source, kpi, note
    "text": (1.0, 6.0, 0.0, 5.0, 5.0, 5.0, 0.0, 0.0),
    "agency": (0.0, 6.0, 3.0, 6.0, 6.0, 6.0, 3.0, 2.0),
    "remark": (4.0, 6.0, 0.5, 0.5, 0.0, 2.0, 0.0, 0.0),
    "money": (6.0, 6.0, 1.0, 0.0, 0.0, 0.0, 4.0, 4.0),
    "period": (6.0, 0.0, 4.0, 6.0, 6.0, 6.0, 6.0, 6.0),
    "year": (6.0, 0.0, 1.5, 0.5, 0.5, 0.5, 4.0, 6.0),
}
_KIND_OF = {AGENCIES: 0, PERIOD: 1, TOTAL: 4, NOTE: 7}
_KIND_OF |= (
    dict.fromkeys(GOALS, 2) | dict.fromkeys(COSTS, 3) | dict.fromkeys(SOURCES, 5) | dict.fromkeys(KPIS, 6)
)
_GAP_OPEN, _GAP_MORE = 1.0, 0.5  # empty cells lost or added at one spot
_OUTSIDE_YEARS = 2.0  # a goal or sum of a year outside the project's period
_OUTSIDE_KPI = 1.5  # an indicator for 2030 of a project that ends before
_SUM_WRONG, _SUM_ROUNDED, _SUM_MISSING, _TOTAL_MISSING = 4.0, 0.25, 2.0, 5.0
_CHILDREN_DIFFER = 1.0  # per column
_PARENT_EMPTY = 1.0  # money in a column where the programme above has none
_REPEATED_GOAL = 1.5  # a note that repeats a goal word for word is an indicator
_UNLIKE_BLOCK = 1.25  # an indicator or note not moved as those of its block were
_MOST_STATES = 20_000


@dataclass(frozen=True)
class Context:
    """What is known of a row beside its cells."""

    period: tuple[int, int] | None = None
    children: dict[int, float] = field(default_factory=dict)  # column -> sum over the sub-projects
    empty_above: frozenset[int] = frozenset()  # money columns that the programme above leaves empty
    drift: int = 0
    tail: int | None = None  # how far the indicators and notes of the block had moved


class Placement(NamedTuple):
    """Columns of the cells, in order, and how well they fit.

    `tied`: another placement scores the same and moves as many cells. `close`: another one scores the same.
    """

    columns: tuple[int, ...]
    cost: float
    tied: bool
    close: bool


class _Way(NamedTuple):
    """The best way into a state: its cost, cells moved, how many such ways, how many of that cost, the state before."""

    cost: float
    moved: int
    ways: int
    of_cost: int
    before: _State


class _State(NamedTuple):
    column: int
    years: float  # sum of the cost columns so far
    terms: int
    total: float  # nan: not met yet
    sources: float
    source_terms: int


def rounding(terms: int) -> float:
    """Return how far a sum of `terms` numbers, each rounded to a whole million, may be from its rounded total."""
    return 0.5 * (terms + 1)


class _Costs:
    """What each cell costs in each column, and each pair of neighbours between them, sums aside."""

    def __init__(self, cells: list[Cell], context: Context) -> None:
        self.local = [_local(cells, i, context) for i in range(len(cells))]
        self._at = [cell.at for cell in cells]
        self._drift = context.drift
        # Up to each column, how many with money of the sub-projects: these should not be left empty.
        wanted = (context.children.get(column, 0.0) > rounding(9) for column in range(_LAST + 1))
        self._wanted = [0, *itertools.accumulate(map(int, wanted))]

    def skipped(self, first: int, after: int) -> float:
        """Cost of leaving the columns from `first` to before `after` empty."""
        return _CHILDREN_DIFFER * (self._wanted[after] - self._wanted[first])

    def step(self, i: int, before: int, column: int) -> float:
        """Cost of the empty cells lost or added, and of the columns left empty, between cell `i` and the one before it."""
        drift = before - self._at[i - 1] if i else self._drift
        jump = abs(column - self._at[i] - drift)
        gap = _GAP_OPEN + _GAP_MORE * (jump - 1) if jump else 0.0
        return gap + _CHILDREN_DIFFER * (self._wanted[column] - self._wanted[before + 1])

    def of(self, cells: list[Cell], columns: tuple[int, ...]) -> float:
        """Cost of a placement, sums too."""
        state = _State(_FIRST - 1, 0.0, 0, math.nan, 0.0, 0)
        cost = 0.0
        for i, column in enumerate(columns):
            cost += self.local[i][column] + self.step(i, state.column, column)
            state = _advance(state, cells[i], column)
        return cost + self.skipped(state.column + 1, _LAST + 1) + _sums(state)


def align(cells: list[Cell], context: Context) -> tuple[Placement, Placement | None]:
    """Find the best placement of a row's cells.

    Parameters
    ----------
    cells
        The row's cells after its title, in order, none blank.
    context
        The row's period, its sub-projects' sums and what its block tells.

    Returns
    -------
    best, published
        The best placement, and the one published (None where it is no placement: a cell beyond the last column).
    """
    costs = _Costs(cells, context)
    published_columns = tuple(cell.at for cell in cells)
    published = None
    ordered = all(before < after for before, after in itertools.pairwise(published_columns))
    if ordered and all(_FIRST <= at <= _LAST for at in published_columns):
        published = Placement(published_columns, costs.of(cells, published_columns), tied=False, close=False)
        if published.cost == 0:
            return published, published
    if len(cells) > _LAST - _FIRST + 1:
        columns = tuple(range(_FIRST, _LAST + 1))
        return Placement(columns, math.inf, tied=True, close=True), None
    return _search(cells, costs, published), published


def _search(cells: list[Cell], costs: _Costs, published: Placement | None) -> Placement:
    ahead = _ahead(costs)
    loose = _loose(costs, ahead)
    bound = costs.of(cells, loose)
    if published is not None:
        bound = min(bound, published.cost)
    start = _State(_FIRST - 1, 0.0, 0, math.nan, 0.0, 0)
    layers: list[dict[_State, _Way]] = [{start: _Way(0.0, 0, 1, 1, start)}]
    for i, cell in enumerate(cells):
        layer: dict[_State, _Way] = {}
        for state, way in layers[-1].items():
            for column in range(state.column + 1, _LAST + 2 - (len(cells) - i)):
                cost = way.cost + costs.local[i][column] + costs.step(i, state.column, column)
                if cost + ahead[i][column] > bound:
                    continue
                after = _advance(state, cell, column)
                moved = way.moved + (column != cell.at)
                layer[after] = _better(layer.get(after), way._replace(cost=cost, moved=moved, before=state))
        layers.append(layer)
        if len(layer) > _MOST_STATES:
            return Placement(loose, bound, tied=True, close=True)
    best: _Way | None = None
    for state, way in layers[-1].items():
        cost = way.cost + costs.skipped(state.column + 1, _LAST + 1) + _sums(state)
        best = _better(best, way._replace(cost=cost, before=state))
    assert best is not None, "the bound itself is one of the placements"
    columns = []
    state = best.before
    for layer in reversed(layers[1:]):
        columns.append(state.column)
        state = layer[state].before
    return Placement(tuple(reversed(columns)), best.cost, tied=best.ways > 1, close=best.of_cost > 1)


def _better(old: _Way | None, new: _Way) -> _Way:
    """Return the cheaper way, of equal ones that which moves fewer cells, counting the equals."""
    if old is None or new.cost < old.cost:
        return new
    if new.cost > old.cost:
        return old
    of_cost = old.of_cost + new.of_cost
    if new.moved == old.moved:
        return old._replace(ways=old.ways + new.ways, of_cost=of_cost)
    return (new if new.moved < old.moved else old)._replace(of_cost=of_cost)


def _local(cells: list[Cell], i: int, context: Context) -> list[float]:
    """Cost of cell `i` in each column, the others left aside."""
    cell = cells[i]
    fits = _FIT[cell.kind]
    costs = [math.inf] * len(COLUMNS)
    goals = {other.text for other in cells if other.kind == "text" and other.at < TOTAL}
    for column in range(_FIRST, _LAST + 1):
        cost = fits[_KIND_OF[column]]
        window = WINDOWS.get(column)
        if window and context.period and (window[1] < context.period[0] or window[0] > context.period[1]):
            cost += _OUTSIDE_KPI if column in KPIS else _OUTSIDE_YEARS
        if column == NOTE and cell.text in goals:
            cost += _REPEATED_GOAL
        if column in context.children and abs(cell.number - context.children[column]) > rounding(9):
            cost += _CHILDREN_DIFFER
        if column in context.empty_above and cell.number:
            cost += _PARENT_EMPTY
        if context.tail is not None and column in (*KPIS, NOTE) and column - cell.at != context.tail:
            cost += _UNLIKE_BLOCK
        costs[column] = cost
    return costs


def _ahead(costs: _Costs) -> list[list[float]]:
    """Return the least cost, sums aside, of everything after cell `i` if it stands in a column."""
    local, last = costs.local, len(costs.local) - 1
    ahead = [[math.inf] * len(COLUMNS) for _ in local]
    for i in range(last, -1, -1):
        for column in range(_FIRST + i, _LAST + 1):
            if i == last:
                ahead[i][column] = costs.skipped(column + 1, _LAST + 1)
            else:
                ahead[i][column] = min(
                    (
                        local[i + 1][then] + costs.step(i + 1, column, then) + ahead[i + 1][then]
                        for then in range(column + 1, _LAST + 1)
                    ),
                    default=math.inf,
                )
    return ahead


def _loose(costs: _Costs, ahead: list[list[float]]) -> tuple[int, ...]:
    """Return the best placement, sums aside."""
    columns: list[int] = []
    before = _FIRST - 1
    for i, local in enumerate(costs.local):
        of_columns = {
            column: local[column] + costs.step(i, before, column) + ahead[i][column]
            for column in range(before + 1, _LAST + 1)
        }
        before = min(of_columns, key=lambda column: (of_columns[column], column))
        columns.append(before)
    return tuple(columns)


def _advance(state: _State, cell: Cell, column: int) -> _State:
    number = cell.number if cell.kind in {"money", "year"} else None
    if number is None:
        return state._replace(column=column)
    if column in COSTS:
        return state._replace(column=column, years=round(state.years + number, 6), terms=state.terms + 1)
    if column == TOTAL:
        return state._replace(column=column, total=number)
    if column in SOURCES:
        sources = round(state.sources + number, 6)
        return state._replace(column=column, sources=sources, source_terms=state.source_terms + 1)
    return state._replace(column=column)


def _sums(state: _State) -> float:
    """Cost of the sums of a whole row: the years against the total, the sources against the total."""
    if math.isnan(state.total):
        return _TOTAL_MISSING * (state.terms + state.source_terms > 0)
    return _sum(state.years, state.terms, state.total) + _sum(state.sources, state.source_terms, state.total)


def _sum(value: float, terms: int, total: float) -> float:
    if terms == 0:
        return _SUM_MISSING
    off = abs(value - total)
    if off == 0:
        return 0.0
    return _SUM_ROUNDED if off <= rounding(terms) else _SUM_WRONG


def _score(cells: list[Cell], columns: tuple[int, ...], context: Context) -> float:
    return _Costs(cells, context).of(cells, columns)
