"""The data package: what a folder of layers holds, with hashes, origins and notes.

Data Package 2.0, https://datapackage.org/standard/data-package/; `vintage`, `notes` and `names` are our own properties, as
the standard allows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import LayerError
from geoplan.files import sha256, write_json
from geoplan.layers.schema import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoplan.layers.schema import Layer

__all__ = ["PACKAGE", "Told", "named_files", "read_package", "verified_path", "write_package"]

PACKAGE = "datapackage.json"
_PROFILES = "https://datapackage.org/profiles/2.0/"

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
    "not-stated": {
        "name": "not-stated",
        "title": "The file's owner was not asked; find out before passing it on",
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
_NAMES = {"almaty": {"ru": "Алматы", "kk": "Алматы", "en": "Almaty"}}
_CURE = "run `geoplan layers build` or restore the file"


@dataclass(frozen=True)
class Told:
    """What a user tells of a layer built from a file of their own; see `geoplan.layers.schema.Layer`."""

    vintage: str
    origins: tuple[tuple[str, str], ...]
    licence: str
    title: str = ""


def write_package(
    folder: Path,
    *,
    city: str,
    notes: Mapping[str, list[str]],
    told: Mapping[str, Told] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Describe the layer files in `folder` in its datapackage.json.

    Parameters
    ----------
    folder
        Folder with every required file of `geoplan.layers.schema.LAYERS`; others are described where they are there.
    city
        Name of the city.
    notes
        File name -> one line for each thing dropped, mended or doubted.
    told
        File name -> origin, vintage and licence of a layer that was not built from the sources of `LAYERS`.
    names
        Name of the city by language (ru, kk, en).

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    told = told or {}
    here = [layer for layer in LAYERS if layer.required or (folder / layer.file).is_file()]
    resources = [_resource(folder, layer, notes.get(layer.file, []), told.get(layer.file)) for layer in here]
    licences = {licence["name"]: licence for resource in resources for licence in resource["licenses"]}
    names = dict(names or _NAMES.get(city) or dict.fromkeys(("ru", "kk", "en"), city.title()))
    package = {
        "$schema": f"{_PROFILES}datapackage.json",
        "name": city,
        "title": f"geoplan layers of {names['en']}",
        "description": _DESCRIPTION,
        "names": names,
        "licenses": list(licences.values()),
        "resources": resources,
    }
    write_json(package, folder / PACKAGE)


def _resource(folder: Path, layer: Layer, notes: list[str], told: Told | None) -> dict[str, Any]:
    path = folder / layer.file
    suffix = path.suffix[1:]
    title = (told.title if told else "") or layer.title
    licence = told.licence if told else layer.licence
    resource: dict[str, Any] = {
        "$schema": f"{_PROFILES}dataresource.json",
        "name": layer.name,
        "path": layer.file,
        "title": title,
        "description": "\n".join([title + ".", *notes]),
        "format": suffix,
        "mediatype": _MEDIA[suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "vintage": told.vintage if told else layer.vintage,
        "sources": [_source(title, origin) for title, origin in (told.origins if told else layer.origins)],
        "licenses": [_LICENCES.get(licence, {"name": licence})],
        "notes": notes,
    }
    if suffix == "csv":
        resource |= {"type": "table", "encoding": "utf-8"}
    if layer.columns:
        fields = [_field(name, kind, suffix) for name, kind in layer.columns.items()]
        resource["schema"] = {"$schema": f"{_PROFILES}tableschema.json", "fields": fields}
        if layer.key:
            resource["schema"]["primaryKey"] = list(layer.key)
    return resource


def _field(name: str, kind: str, suffix: str) -> dict[str, str]:
    if kind == "geojson" and suffix == "parquet":
        # Table Schema has no type for binary cells
        return {"name": name, "type": "any", "description": "WKB, EPSG:4326 (GeoParquet)"}
    return {"name": name, "type": kind}


def _source(title: str, origin: str) -> dict[str, str]:
    return {"title": title, "path": origin} if origin else {"title": title}


def named_files(package: Mapping[str, Any]) -> list[str]:
    """Return the names of the layer files that a package describes, in its order."""
    return [str(resource["path"]) for resource in package["resources"]]


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
