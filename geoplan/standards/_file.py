"""The whole file of standards, read and checked."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from geoplan._shipped import shipped_layers
from geoplan.errors import InputError
from geoplan.standards._figures import Figure, Model
from geoplan.standards._measures import ByCar, Capacity, Crews, Gaps, GoldenHour, Isochrone, Snap
from geoplan.standards._service import Service
from geoplan.standards._siting import Draws, Siting
from geoplan.standards._speeds import Speeds, TimesOfDay, TurnRestrictions

__all__ = ["Baseline", "Geocode", "Numbering", "Quality", "Standards", "Years", "load_standards"]


class Numbering(Model):
    """How house numbers usually run along a street, and how surely they tell where one stands."""

    north_south: Figure
    west_east: Figure
    pace: Figure
    start: Figure
    wander: Figure
    side: Figure
    forgotten: Figure
    known: Figure
    misplaced: Figure
    from_north_or_east: Figure
    stretch: Figure
    stretch_beyond: Figure
    least_radius: Figure


class Geocode(Model):
    place_radius_limit: Figure
    border_tolerance: Figure
    numbering: Numbering


class Quality(Model):
    """What `geoplan layers` warns of, and what it mends by itself."""

    mend: Figure
    duplicate: Figure
    sparse_streets: Figure
    named_streets: Figure
    vintages_apart: Figure


class Baseline(Model):
    year: Figure


class Years(Model):
    """Which years may be asked for."""

    horizon: Figure


class Standards(Model):
    """The whole file."""

    version: str
    services: dict[str, Service]
    speeds: Speeds
    times_of_day: TimesOfDay
    turn_restrictions: TurnRestrictions
    snap: Snap
    geocode: Geocode
    quality: Quality
    siting: Siting
    draws: Draws
    baseline: Baseline
    isochrone: Isochrone
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
