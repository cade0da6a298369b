"""Astray: facilities and builds that have a place but serve nobody, since no street of their mode is near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from geoplan.access import Field
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["COLUMNS", "OFF_NETWORK", "astray_findings", "builds_astray", "facilities_astray"]

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
    facilities, builds = facilities_astray(scene.existing, scene.reach), builds_astray(scene)
    off = [("", name) for name in facilities["facility_id"]]
    off += zip(builds["project"], builds["build_id"], strict=True)
    rows = [
        (
            project, "", OFF_NETWORK,
            f"{service.name}: {name}: ближе {limit:g} м нет улицы для режима «{service.mode}», никого не обслуживает",
        )
        for project, name in off
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def facilities_astray(existing: pd.DataFrame, reach: Field) -> pd.DataFrame:
    """Facilities, as `existing_sites` gives them, that have a place but no street within the snap limit."""
    placed = existing[existing["placed"]]
    return placed[~reach.place(placed["lon"], placed["lat"]).on]


def builds_astray(scene: Scene) -> pd.DataFrame:
    """Builds of a scene that are to stand somewhere new, but have no street within the snap limit."""
    sited = scene.builds[scene.everywhere & scene.builds["site_lon"].notna().to_numpy()]
    return sited[~scene.reach.place(sited["site_lon"], sited["site_lat"]).on]
