"""Measures: what access is measured with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from geoplan.standards._figures import Basis, Figure, Model, Positive, Words

__all__ = ["ByCar", "Capable", "Capacity", "Crews", "Decay", "Gaps", "GoldenHour", "Isochrone", "Snap"]


class Snap(Model):
    limit: Figure

    @model_validator(mode="after")
    def _is_a_distance(self) -> Snap:
        if self.limit.value <= 0:
            msg = "limit must be above 0"
            raise ValueError(msg)
        return self


class Isochrone(Model):
    width: Figure


class Crews(Model):
    """How many ambulance crews there are, and how long a call keeps one."""

    calls_per_day: Figure
    on_shift: Figure
    minutes_per_call: Figure
    per_station: Figure

    @property
    def busy_fraction(self) -> float:
        """Share of the time that a crew is on a call: minutes of all calls over minutes of all crews, in a day."""
        return self.calls_per_day.value * self.minutes_per_call.value / (self.on_shift.value * 24 * 60)


class Capable(Model):
    """Which hospital can end the golden hour: at least these figures, and none of these words in its name."""

    emergency_admissions: Figure
    beds: Figure
    other_kinds: Words


class GoldenHour(Model):
    """Parts of the chain that are the same for everyone; call handling and turnout are the ambulance's own."""

    limit: Figure
    on_scene: Figure
    hand_over: Figure
    capable: Capable


class Decay(Model):
    """Weights of zones whose outer bounds are multiples of the service radius."""

    radii: list[Positive] = Field(min_length=1)
    weights: list[Annotated[float, Field(ge=0, le=1)]]
    unit: str
    basis: Basis
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _zones_fit(self) -> Decay:
        falls = sorted(self.weights, reverse=True) == self.weights
        if len(self.radii) != len(self.weights) or sorted(set(self.radii)) != self.radii or not falls:
            msg = "radii must rise, weights must fall, one for each"
            raise ValueError(msg)
        return self


class Capacity(Model):
    """What measures of seats need beside the seats themselves, which are never assumed."""

    decay: Decay
    school_seekers: Figure
    school_reach: Figure


class Gaps(Model):
    """How people left out are told: how far apart their cells may lie, and how many clusters are listed."""

    join: Figure
    count: Figure

    @model_validator(mode="after")
    def _can_be_listed(self) -> Gaps:
        if self.join.value <= 0 or self.count.value < 1:
            msg = "join must be above 0 and count at least 1"
            raise ValueError(msg)
        return self


class ByCar(Model):
    """Services whose access by car stands beside the walk."""

    services: Words
