"""The data package: what a folder of layers holds, with hashes, origins and notes.

Frictionless Data Package v1, https://specs.frictionlessdata.io/data-package/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import LayerError
from geoplan.files import sha256, write_json
from geoplan.layers.schema import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoplan.layers.schema import Layer

__all__ = ["PACKAGE", "read_package", "verified_path", "write_package"]

PACKAGE = "datapackage.json"

_LICENCES = {
    "ODbL-1.0": {
        "name": "ODbL-1.0",
        "title": "Open Data Commons Open Database License 1.0, (c) OpenStreetMap contributors",
        "path": "https://opendatacommons.org/licenses/odbl/1-0/",
    },
    "cited-facts": {
        "name": "cited-facts",
        "title": "Facts cited with their origin, which states no licence",
    },
}
_MEDIA = {
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "tif": "image/tiff",
    "csv": "text/csv",
}
_DESCRIPTION = (
    "Generalised layers built by `geoplan layers build`; each resource names its origins, its vintage and, in its"
    " notes, everything dropped, mended or doubted."
)
_CURE = "run `geoplan layers build` or restore the file"


def write_package(folder: Path, *, city: str, notes: Mapping[str, list[str]]) -> None:
    """Describe the layer files in `folder` in its datapackage.json.

    Parameters
    ----------
    folder
        Folder with every file of `geoplan.layers.schema.LAYERS`.
    city
        Name of the city.
    notes
        File name -> one line for each thing dropped, mended or doubted.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    package = {
        "profile": "data-package",
        "name": city,
        "title": f"geoplan layers of {city.title()}",
        "description": _DESCRIPTION,
        "licenses": list(_LICENCES.values()),
        "resources": [_resource(folder, layer, notes.get(layer.file, [])) for layer in LAYERS],
    }
    write_json(package, folder / PACKAGE)


def _resource(folder: Path, layer: Layer, notes: list[str]) -> dict[str, Any]:
    path = folder / layer.file
    suffix = path.suffix[1:]
    resource: dict[str, Any] = {
        "name": layer.name,
        "path": layer.file,
        "title": layer.title,
        "description": "\n".join([layer.title + ".", *notes]),
        "format": suffix,
        "mediatype": _MEDIA[suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "vintage": layer.vintage,
        "sources": [{"title": title, "path": origin} for title, origin in layer.origins],
        "licenses": [_LICENCES[layer.licence]],
        "notes": notes,
    }
    if suffix == "csv":
        resource["encoding"] = "utf-8"
    if layer.columns:
        fields = [{"name": name, "type": kind} for name, kind in layer.columns.items()]
        resource["schema"] = {"fields": fields}
    return resource


def read_package(folder: Path) -> dict[str, Any]:
    """Read the datapackage.json of a folder of layers.

    Raises
    ------
    LayerError
        If it is missing or is not a data package.
    """
    path = Path(folder) / PACKAGE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        for resource in package["resources"]:
            _ = resource["path"], resource["hash"], resource["bytes"]
    except FileNotFoundError as error:
        msg = f"{path}: is missing; {_CURE}"
        raise LayerError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise LayerError(msg) from error
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path}: is not a data package; {_CURE}"
        raise LayerError(msg) from error
    return package


def verified_path(folder: Path, package: Mapping[str, Any], file: str) -> Path:
    """Return the path of a layer file whose hash is the one that the package tells.

    Raises
    ------
    LayerError
        If the package does not name it, or it is missing, unreadable or changed.
    """
    path = Path(folder) / file
    told = {resource["path"]: resource["hash"] for resource in package["resources"]}
    if file not in told:
        msg = f"{path}: is not named in {PACKAGE}; {_CURE}"
        raise LayerError(msg)
    try:
        found = f"sha256:{sha256(path)}"
    except FileNotFoundError as error:
        msg = f"{path}: is missing; {_CURE}"
        raise LayerError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise LayerError(msg) from error
    if found != told[file]:
        msg = f"{path}: hash differs from {PACKAGE}; {_CURE}"
        raise LayerError(msg)
    return path
