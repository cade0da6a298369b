"""Stored sites: proposals solved once and kept with the layers, used only while their inputs are the same."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan.errors import LayerError

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.scenario.bench import Bench
    from geoplan.standards import Service

__all__ = ["COLUMNS", "inputs_hash", "stored_sites"]

COLUMNS = [
    "build_id", "service", "opens", "lon", "lat", "district", "covers", "newly_covered", "reason", "alternatives",
    "objective", "bound", "gap", "objective_unit", "solved", "inputs",
]  # fmt: skip
# Raised when the model itself changes, so that sites of an older one are not taken for today's.
_MODEL = "phased maximal covering, 1"
# Layers that decide times, people and districts; the facilities and builds enter row by row.
_LAYERS = ("streets.parquet", "restrictions.parquet", "population.tif", "districts.geojson")
# Of the siting figures those that choose places: candidates, and what counts as another place.
_SITING = {
    "candidates_walk",
    "candidates_emergency",
    "corner_spacing",
    "built_up",
    "main_streets",
    "same_place",
}
_BUILD = ["build_id", "action", "owner", "opens", "district", "site_status", "site_lon", "site_lat", "site_radius_m",
          "replaced", "register"]  # fmt: skip
_EXISTING = [
    "facility_id",
    "lon",
    "lat",
    "radius_m",
    "opens",
    "closes",
    "district",
    "placed",
    "drawn",
    "alternatives",
]


def inputs_hash(bench: Bench, service: Service, existing: pd.DataFrame, planned: pd.DataFrame) -> str:
    """Hash everything that the proposed sites of a service follow from.

    Parameters
    ----------
    bench
        The city's layers and the standards.
    service
        One service.
    existing, planned
        As `existing_sites` and `planned_sites` give them, nothing proposed yet.

    Returns
    -------
    str
        `sha256:` and 16 hexadecimal digits. The same layers, builds and figures give the same text on any machine.
    """
    standards = bench.standards
    known = {resource["path"]: resource["hash"] for resource in bench.city.package["resources"]}
    parts: dict[str, Any] = {
        "model": _MODEL,
        "layers": {name: known.get(name, "") for name in _LAYERS},
        "service": service.model_dump(mode="json"),
        "speeds": getattr(standards.speeds, service.mode).model_dump(mode="json"),
        "walk": standards.speeds.walk.default,
        "snap": standards.snap.model_dump(mode="json"),
        "siting": standards.siting.model_dump(mode="json", include=_SITING),
        "baseline": standards.baseline.model_dump(mode="json"),
        "builds": _text(planned, _BUILD),
        "existing": _text(existing, _EXISTING),
    }
    obeys = service.mode in standards.turn_restrictions.obeyed_by
    if obeys and not bench.city.restrictions.empty:
        # only where there are any, so that sites of other cities stay
        parts["turns"] = "obeyed"
    if existing["drawn"].any():
        parts["draws"] = standards.draws.model_dump(mode="json")
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _text(table: pd.DataFrame, columns: list[str]) -> str:
    """The columns as text, coordinates to the micrometre so that the last bit of a float does not matter."""
    kept = table[columns].copy()
    for name in columns:
        if kept[name].dtype.kind == "f":
            kept[name] = kept[name].round(9)
        elif kept[name].dtype == object:
            kept[name] = kept[name].fillna("")
    return str(kept.to_csv(index=False, lineterminator="\n", float_format="%.9g"))


def stored_sites(
    bench: Bench, service: Service, existing: pd.DataFrame, planned: pd.DataFrame
) -> pd.DataFrame | None:
    """Return the stored sites of a service's proposed builds, or None where they do not fit.

    Returns
    -------
    pandas.DataFrame
        Indexed by build_id, the columns of sites.csv. None if the city ships none for the service, or they were solved
        from other inputs.

    Raises
    ------
    LayerError
        If sites.csv lacks a column, or fits but does not hold a place for every build without one: the file was edited
        by hand.
    """
    table = bench.city.sites
    if table is None:
        return None
    path = bench.city.folder / "sites.csv"
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        msg = f"{path}: column {missing[0]!r} is missing; run `make sites` or remove the file"
        raise LayerError(msg)
    mine = table[table["service"] == service.name]
    if mine.empty or set(mine["inputs"]) != {inputs_hash(bench, service, existing, planned)}:
        return None
    wanted = planned.loc[planned["site_status"] == "proposed", "build_id"]
    out = mine.set_index("build_id")
    places = out[["lon", "lat"]].reindex(wanted).to_numpy(dtype=float)
    if out.index.has_duplicates or not np.isfinite(places).all():
        msg = f"{path}: no one place for every {service.name} build; run `make sites` or remove the file"
        raise LayerError(msg)
    return out
