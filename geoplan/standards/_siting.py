"""Siting: where a site may stand, and how what is not known is drawn."""

from __future__ import annotations

from pydantic import model_validator

from geoplan.standards._figures import Figure, Model, Words

__all__ = ["Draws", "Siting"]


class Siting(Model):
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
    def _is_a_resolution(self) -> Siting:
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


class Draws(Model):
    count: Figure
    seed: Figure
    low: Figure
    high: Figure

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Draws:
        if self.count.value < 1 or self.seed.value < 0 or not 0 <= self.low.value <= self.high.value <= 100:
            msg = "count must be at least 1, seed at least 0, and 0 <= low <= high <= 100"
            raise ValueError(msg)
        return self
