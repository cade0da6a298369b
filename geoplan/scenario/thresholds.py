"""Thresholds: what a user writes, such as 10min or 500m, and the readings it stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.standards import Reading

if TYPE_CHECKING:
    from geoplan.standards import Service

__all__ = ["chosen_readings", "own_readings"]

_THRESHOLD = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(min|m|km|мин|м|км)\s*", re.IGNORECASE)
_UNITS = {
    "min": ("min", 1.0),
    "мин": ("min", 1.0),
    "m": ("m", 1.0),
    "м": ("m", 1.0),
    "km": ("m", 1e3),
    "км": ("m", 1e3),
}


def chosen_readings(service: Service, threshold: str | None) -> list[Reading]:
    """Return the readings of one threshold, the headline reading's first.

    Raises
    ------
    InputError
        If the threshold is not a number with the service's unit.
    """
    if threshold is not None:
        return own_readings(service, threshold)
    headline = service.headline_reading
    return [reading for reading in service.readings if reading.threshold == headline.threshold]


def own_readings(service: Service, text: str) -> list[Reading]:
    """Readings of a threshold that the user gives.

    Raises
    ------
    InputError
        If it is not a number with the service's unit, or not above what passes before the drive begins.
    """
    match = _THRESHOLD.fullmatch(text)
    if not match:
        msg = f"threshold {text!r}: write a number with its unit, such as {service.headline:g}{service.unit}"
        raise InputError(msg)
    unit, factor = _UNITS[match[2].lower()]
    value = float(match[1].replace(",", ".")) * factor
    least = service.before_driving / 60
    if unit != service.unit or value <= least:
        msg = f"threshold {text!r}: {service.name} is measured in {service.unit}, above {least:g}"
        raise InputError(msg)
    if unit == "m":
        return [Reading(mode="network", threshold=value, unit="m", limit=value)]
    return [
        Reading(mode="response", threshold=value, unit="min", limit=service.to_unit(value)),
        Reading(mode="drive", threshold=value, unit="min", limit=value * 60),
    ]
