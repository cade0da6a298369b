"""Service: how one service is reached, and the thresholds it is compared with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from geoplan.standards._figures import Figure, Model, Positive

__all__ = ["Reading", "Service"]


class Reading(Model):
    """One way to compare access with a threshold.

    `limit` is in the network's own unit (seconds of driving, metres of walking): the response reading of an
    ambulance is the drive reading with call handling and turnout taken off the threshold.
    """

    mode: Literal["response", "drive", "network", "straight"]
    threshold: float
    unit: Literal["min", "m"]
    limit: float


class Service(Model):
    """How one service is reached and what it is compared with."""

    name: str
    mode: Literal["walk", "drive", "emergency", "wheelchair"]
    direction: Literal["to_facility", "from_facility"]
    unit: Literal["min", "m"]
    headline: Positive
    map_breaks: list[Positive]
    thresholds: list[Figure] = Field(min_length=1)
    draw_existing: bool = False
    call_handling: Figure | None = None
    turnout: Figure | None = None

    @model_validator(mode="after")
    def _headline_is_known(self) -> Service:
        if self.headline not in [figure.value for figure in self.thresholds]:
            msg = f"services.{self.name}: headline {self.headline:g} is not one of its thresholds"
            raise ValueError(msg)
        for figure in self.thresholds:
            if figure.unit != self.unit:
                msg = f"services.{self.name}: a threshold in {figure.unit}, the service is measured in {self.unit}"
                raise ValueError(msg)
        for part in (self.call_handling, self.turnout):
            if part is not None and part.unit != "min":
                msg = f"services.{self.name}: call_handling and turnout are told in min, not {part.unit}"
                raise ValueError(msg)
        if self.draw_existing and self.unit != "min":
            msg = (
                f"services.{self.name}: existing facilities are drawn only for services that drive to people"
            )
            raise ValueError(msg)
        if self.headline not in self.map_breaks or sorted(self.map_breaks) != self.map_breaks:
            msg = f"services.{self.name}: map_breaks must rise and hold the headline {self.headline:g}"
            raise ValueError(msg)
        return self

    @property
    def before_driving(self) -> float:
        """Seconds from the call to the wheels turning: call handling + turnout; 0 for services people walk to."""
        parts = [figure.value * 60 for figure in (self.call_handling, self.turnout) if figure is not None]
        return float(sum(parts))

    def to_unit(self, value: float) -> float:
        """Turn a shown bound (min, m) of the headline reading into the network's unit (s, m)."""
        return value * 60 - self.before_driving if self.unit == "min" else value

    @property
    def readings(self) -> list[Reading]:
        """Every threshold in every reading, the headline reading's modes first."""
        if self.unit == "m":
            return [
                Reading(mode="network", threshold=figure.value, unit="m", limit=figure.value)
                for figure in self.thresholds
            ]
        response = [
            Reading(mode="response", threshold=f.value, unit="min", limit=self.to_unit(f.value))
            for f in self.thresholds
        ]
        drive = [
            Reading(mode="drive", threshold=f.value, unit="min", limit=f.value * 60) for f in self.thresholds
        ]
        return response + drive

    @property
    def headline_reading(self) -> Reading:
        """The reading that headlines, maps and rankings use."""
        return next(reading for reading in self.readings if reading.threshold == self.headline)

    @property
    def headline_figure(self) -> Figure:
        """The headline threshold with its basis and source."""
        return next(figure for figure in self.thresholds if figure.value == self.headline)
