"""Mapping: what the columns of a user's own files are called, and where the files come from, in a small TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoplan.errors import InputError

__all__ = ["FileSpec", "Mapping", "read_mapping"]


class FileSpec(BaseModel):
    """One file: which layer of it, how it is encoded, what its columns are called, where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: str | None = None
    encoding: str | None = None
    source: str = ""
    vintage: str = "not stated"
    licence: str = Field(default="not-stated", min_length=1)
    columns: dict[str, str] = {}
    services: dict[str, str] = {}
    persons_per: str = Field(default="cell", pattern=r"^(cell|km2|ha)$")


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name_ru: str = ""
    name_kk: str = ""
    name_en: str = ""


class Mapping(BaseModel):
    """The whole mapping; every part may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    city: _Names = _Names()
    districts: FileSpec = FileSpec()
    streets: FileSpec = FileSpec()
    population: FileSpec = FileSpec()
    totals: FileSpec = FileSpec()
    facilities: FileSpec = FileSpec()

    def names(self) -> dict[str, str] | None:
        """Return the city's name by language; one that is not given is the first that is. None where none is given."""
        given = {"ru": self.city.name_ru, "kk": self.city.name_kk, "en": self.city.name_en}
        first = next((name for name in given.values() if name), "")
        return {language: name or first for language, name in given.items()} if first else None


def read_mapping(path: Path | None) -> Mapping:
    """Read a mapping; None is an empty one.

    Raises
    ------
    InputError
        If the file cannot be read, is no TOML, or names a key that a mapping does not have.
    """
    if path is None:
        return Mapping()
    try:
        table: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{path}: is no TOML: {str(error).splitlines()[0]}"
        raise InputError(msg) from error
    try:
        return Mapping.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = "; known: city, districts, streets, population, totals, facilities, with source, vintage, licence, columns …"
        what = f"unknown key{known}" if first["type"] == "extra_forbidden" else first["msg"]
        msg = f"{path}: {where}: {what}"
        raise InputError(msg) from error
