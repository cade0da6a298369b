"""Standards: norms, conventions and assumptions, each with its unit, basis and source, read from one file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geoplan._shipped import shipped_layers
from geoplan.errors import InputError

__all__ = ["Figure", "HourTable", "Reading", "Service", "SpeedTable", "Standards", "load_standards"]

Basis = Literal["norm", "planning convention", "assumption"]
Positive = Annotated[float, Field(gt=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Model):
    """One figure with its unit, basis and source."""

    value: float
    unit: str
    basis: Basis
    source: str = Field(min_length=1)


class Reading(_Model):
    """One way to compare access with a threshold.

    `limit` is in the network's own unit (seconds of driving, metres of walking): the response reading of an
    ambulance is the drive reading with call handling and turnout taken off the threshold.
    """

    mode: Literal["response", "drive", "network", "straight"]
    threshold: float
    unit: Literal["min", "m"]
    limit: float


class Service(_Model):
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


class SpeedTable(_Model):
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


class HourTable(_Model):
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


class _Hours(_Model):
    morning: HourTable
    midday: HourTable
    evening: HourTable


class _TimesOfDay(_Model):
    drive: _Hours
    emergency: _Hours


class _Speeds(_Model):
    walk: SpeedTable
    wheelchair: SpeedTable
    drive: SpeedTable
    emergency: SpeedTable


class _Snap(_Model):
    limit: Figure

    @model_validator(mode="after")
    def _is_a_distance(self) -> _Snap:
        if self.limit.value <= 0:
            msg = "limit must be above 0"
            raise ValueError(msg)
        return self


class _Geocode(_Model):
    place_radius_limit: Figure
    border_tolerance: Figure


class Words(_Model):
    """Words that decide something, by which a name or a class is known."""

    words: list[Annotated[str, Field(min_length=3)]]
    basis: Basis
    source: str = Field(min_length=1)


class ByCar(_Model):
    """Services whose access by car stands beside the walk."""

    services: Words


class Years(_Model):
    """Which years may be asked for."""

    horizon: Figure


class Quality(_Model):
    """What `geoplan layers` warns of, and what it mends by itself."""

    mend: Figure
    duplicate: Figure
    sparse_streets: Figure
    named_streets: Figure
    vintages_apart: Figure


class _Siting(_Model):
    candidates_walk: Figure
    candidates_emergency: Figure
    corner_spacing: Figure
    built_up: Figure
    main_streets: Words
    same_place: Figure
    mean_ceiling: Figure
    people_hexagon: Figure
    sensitivity_draws: Figure
    speed_spread: Figure
    people_spread: Figure
    threshold_spread: Figure

    @model_validator(mode="after")
    def _is_a_resolution(self) -> _Siting:
        for figure in (self.candidates_walk, self.candidates_emergency, self.people_hexagon):
            if not (figure.value.is_integer() and 0 <= figure.value <= 15):
                msg = f"{figure.value:g} is not an H3 resolution (0 to 15)"
                raise ValueError(msg)
        if min(self.corner_spacing.value, self.built_up.value, self.mean_ceiling.value) <= 0:
            msg = "corner_spacing, built_up and mean_ceiling must be above 0"
            raise ValueError(msg)
        spreads = (self.speed_spread, self.people_spread, self.threshold_spread)
        if not all(0 <= figure.value < 1 for figure in spreads) or self.sensitivity_draws.value < 1:
            msg = "spreads must lie between 0 and 1, sensitivity_draws must be at least 1"
            raise ValueError(msg)
        return self


class _Draws(_Model):
    count: Figure
    seed: Figure
    low: Figure
    high: Figure

    @model_validator(mode="after")
    def _can_be_drawn(self) -> _Draws:
        if self.count.value < 1 or self.seed.value < 0 or not 0 <= self.low.value <= self.high.value <= 100:
            msg = "count must be at least 1, seed at least 0, and 0 <= low <= high <= 100"
            raise ValueError(msg)
        return self


class _Baseline(_Model):
    year: Figure


class _Isochrone(_Model):
    width: Figure


class Crews(_Model):
    """How many ambulance crews there are, and how long a call keeps one."""

    calls_per_day: Figure
    on_shift: Figure
    minutes_per_call: Figure
    per_station: Figure

    @property
    def busy_fraction(self) -> float:
        """Share of the time that a crew is on a call: minutes of all calls over minutes of all crews, in a day."""
        return self.calls_per_day.value * self.minutes_per_call.value / (self.on_shift.value * 24 * 60)


class Capable(_Model):
    """Which hospital can end the golden hour: at least these figures, and none of these words in its name."""

    emergency_admissions: Figure
    beds: Figure
    other_kinds: Words


class GoldenHour(_Model):
    """Parts of the chain that are the same for everyone; call handling and turnout are the ambulance's own."""

    limit: Figure
    on_scene: Figure
    hand_over: Figure
    capable: Capable


class Decay(_Model):
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


class Capacity(_Model):
    """What measures of seats need beside the seats themselves, which are never assumed."""

    decay: Decay
    school_seekers: Figure
    school_reach: Figure


class Gaps(_Model):
    """How people left out are told: how far apart their cells may lie, and how many clusters are listed."""

    join: Figure
    count: Figure

    @model_validator(mode="after")
    def _can_be_listed(self) -> Gaps:
        if self.join.value <= 0 or self.count.value < 1:
            msg = "join must be above 0 and count at least 1"
            raise ValueError(msg)
        return self


class Standards(_Model):
    """The whole file."""

    version: str
    services: dict[str, Service]
    speeds: _Speeds
    times_of_day: _TimesOfDay
    snap: _Snap
    geocode: _Geocode
    quality: Quality
    siting: _Siting
    draws: _Draws
    baseline: _Baseline
    isochrone: _Isochrone
    crews: Crews
    golden_hour: GoldenHour
    capacity: Capacity
    gaps: Gaps
    by_car: ByCar
    years: Years

    def service(self, name: str) -> Service:
        """Return one service.

        Raises
        ------
        InputError
            If the name is not a service of the file; the text lists those that are.
        """
        try:
            return self.services[name]
        except KeyError:
            msg = f"unknown service {name!r}: known are {', '.join(self.services)}"
            raise InputError(msg) from None


@lru_cache(maxsize=8)
def load_standards(path: Path | None = None) -> Standards:
    """Read a standards file; the shipped one by default.

    Raises
    ------
    InputError
        If the file is missing, is not TOML, or a figure lacks its unit, basis or source; one line names the entry.
    """
    path = Path(path) if path else shipped_layers() / "standards.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise InputError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: not a TOML file: {error}"
        raise InputError(msg) from error
    for name, entry in raw.get("services", {}).items():
        if isinstance(entry, dict):
            entry["name"] = name
    try:
        return Standards.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "services"
        msg = f"{path}: {where}: {first['msg']}"
        raise InputError(msg) from error
