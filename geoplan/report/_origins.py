"""Origins: whose layers a GeoPackage was made from and what its thresholds rest on, as tables inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyogrio

from geoplan.report.workbook import sources_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geoplan.city import City
    from geoplan.standards import Service

__all__ = ["add_origins"]


def add_origins(path: Path, city: City, services: Iterable[Service]) -> None:
    """Add the tables `sources` (file, title, vintage, origins, licence) and `thresholds` to a GeoPackage that is there.

    `thresholds` has a row per service: service, threshold, unit, basis (norm, planning convention, assumption), source. A
    city without a data package has no `sources`.

    Raises
    ------
    LayerError
        If the data package cannot be read.
    """
    told = {"sources": sources_table(city.package), "thresholds": _thresholds(services)}
    for name, table in told.items():
        if not table.empty:
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _thresholds(services: Iterable[Service]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "service": service.name, "threshold": service.headline, "unit": service.unit,
                "basis": str(service.headline_figure.basis), "source": service.headline_figure.source,
            }
            for service in services
        ]
    )  # fmt: skip
