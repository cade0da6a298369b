"""Speeds: of each mode by road class, what a time of day leaves of them, and whom forbidden turns bind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from geoplan.standards._figures import Basis, Model, Positive

__all__ = ["HourTable", "Hours", "SpeedTable", "Speeds", "TimesOfDay", "TurnRestrictions"]


class SpeedTable(Model):
    """Speeds of one travel mode by road class, in km/h."""

    model_config = ConfigDict(extra="allow", frozen=True)

    unit: Literal["km/h"]
    basis: Basis
    source: str = Field(min_length=1)
    default: Positive

    @model_validator(mode="after")
    def _speeds_are_positive(self) -> SpeedTable:
        for name, value in (self.model_extra or {}).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                msg = f"speed of {name} must be a positive number, not {value!r}"
                raise ValueError(msg)
        return self

    def by_class(self) -> dict[str, float]:
        """Speed of each road class named in the table, km/h."""
        return {name: float(value) for name, value in (self.model_extra or {}).items()}


class HourTable(Model):
    """What one time of day leaves of the free-flow speed, by road class; a share above 0 and up to 1."""

    model_config = ConfigDict(extra="allow", frozen=True)

    unit: Literal["share of free-flow speed"]
    hours: str = Field(min_length=1)
    basis: Basis
    source: str = Field(min_length=1)
    default: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _shares_slow_down(self) -> HourTable:
        for name, value in (self.model_extra or {}).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
                msg = f"share of {name} must be above 0 and at most 1, not {value!r}"
                raise ValueError(msg)
        return self

    def by_class(self) -> dict[str, float]:
        """Share of each road class named in the table."""
        return {name: float(value) for name, value in (self.model_extra or {}).items()}


class Hours(Model):
    morning: HourTable
    midday: HourTable
    evening: HourTable


class TimesOfDay(Model):
    drive: Hours
    emergency: Hours


class Speeds(Model):
    walk: SpeedTable
    wheelchair: SpeedTable
    drive: SpeedTable
    emergency: SpeedTable


class TurnRestrictions(Model):
    """Which of the driving modes obey forbidden turns."""

    obeyed_by: list[Literal["drive", "emergency"]]
    basis: Basis
    source: str = Field(min_length=1)
