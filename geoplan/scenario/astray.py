"""Astray: facilities and builds that have a place but serve nobody, since no street of their mode is near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["COLUMNS", "OFF_NETWORK", "astray_findings"]

COLUMNS = ["project", "line", "kind", "message"]
# The kind of these findings: they are of the layers, not of the document.
OFF_NETWORK = "off_network"


def astray_findings(scene: Scene, service: Service, bench: Bench) -> pd.DataFrame:
    """Tell each facility and build of a service that is off the network.

    Returns
    -------
    pandas.DataFrame
        Rows of findings.csv of kind `off_network`, in the document's language: one for each facility that has a place and
        each build that is to stand somewhere, but farther from any street of the service's mode than the snap limit.
    """
    limit = bench.standards.snap.limit.value
    placed = scene.existing[scene.existing["placed"]]
    sited = scene.builds[scene.everywhere & scene.builds["site_lon"].notna().to_numpy()]
    rows = []
    for table, name, lon, lat, project in (
        (placed, "facility_id", "lon", "lat", None),
        (sited, "build_id", "site_lon", "site_lat", "project"),
    ):
        off = table[~scene.reach.place(table[lon], table[lat]).on]
        projects = off[project] if project else [""] * len(off)
        rows += [
            (
                told, "", OFF_NETWORK,
                f"{service.name}: {which}: ближе {limit:g} м нет улицы для режима «{service.mode}», никого не обслуживает",
            )
            for which, told in zip(off[name], projects, strict=True)
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
