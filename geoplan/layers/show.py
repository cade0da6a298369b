"""Show: what a folder of layers holds, from its data package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoplan.layers.package import read_package

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["layer_notes", "show_layers"]


def show_layers(folder: Path) -> pd.DataFrame:
    """Return a row for each layer of a folder.

    Parameters
    ----------
    folder
        Folder with a datapackage.json.

    Returns
    -------
    pandas.DataFrame
        Columns file, title, bytes, vintage, licence, sources ('; '-joined titles), notes (how many), hash.

    Raises
    ------
    LayerError
        If datapackage.json is missing or no data package.
    """
    rows = [
        {
            "file": resource["path"],
            "title": resource.get("title", ""),
            "bytes": resource["bytes"],
            "vintage": resource.get("vintage", ""),
            "licence": "; ".join(licence.get("name", "") for licence in resource.get("licenses", [])),
            "sources": "; ".join(source.get("title", "") for source in resource.get("sources", [])),
            "notes": len(resource.get("notes", [])),
            "hash": resource["hash"],
        }
        for resource in read_package(folder)["resources"]
    ]
    return pd.DataFrame(rows)


def layer_notes(folder: Path) -> list[str]:
    """Return one line for each thing dropped, mended or doubted, led by the file's name.

    Raises
    ------
    LayerError
        If datapackage.json is missing or no data package.
    """
    resources = read_package(folder)["resources"]
    return [f"{resource['path']}: {note}" for resource in resources for note in resource.get("notes", [])]
