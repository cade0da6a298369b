"""Figures: one number, or a list of words, with its unit, basis and source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Basis", "Figure", "Model", "Positive", "Words"]

Basis = Literal["norm", "planning convention", "assumption"]
Positive = Annotated[float, Field(gt=0)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Model):
    """One figure with its unit, basis and source."""

    value: float
    unit: str
    basis: Basis
    source: str = Field(min_length=1)


class Words(Model):
    """Words that decide something, by which a name or a class is known."""

    words: list[Annotated[str, Field(min_length=3)]]
    basis: Basis
    source: str = Field(min_length=1)
