"""Headline: a plan's coverage under the threshold that headlines it, by scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from geoplan.scenario import Plan

__all__ = ["Covered", "headline"]


class Covered(NamedTuple):
    """People covered in one area at one moment; `low` and `high` bound the share over the draws, NaN where none are."""

    people: float
    population: float
    share: float
    low: float
    high: float

    @property
    def drawn(self) -> bool:
        """Whether the draws differ at all."""
        return self.high > self.low


def headline(plan: Plan, moment: str, *, area: str = "") -> dict[str, Covered]:
    """Return the coverage of each scenario in an area at a moment, the whole city's by default.

    Raises
    ------
    None
    """
    reading = plan.service.headline_reading
    table = plan.coverage_table
    table = table[
        (table["mode"] == reading.mode)
        & (table["threshold"] == reading.threshold)
        & (table["moment"] == moment)
        & (table["district"] == (area or plan.city.name))
    ]
    columns = ["scenario", "covered", "population", "share", "share_low", "share_high"]
    return {str(name): Covered(*map(float, figures)) for name, *figures in table[columns].to_numpy().tolist()}
