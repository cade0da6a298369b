"""Districts of any city, from a vector file or the boundaries of an OSM file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers._sane import SLUG
from geoplan.layers.districts import close_holes
from geoplan.layers.own.vector import read_own_vector, texts
from geoplan.metric import metric_crs
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.layers.own.mapping import FileSpec

__all__ = ["districts_from", "read_own_districts", "slug_of"]

_NAMES = ("name_ru", "name_kk", "name_en")
# Spellings of a name column that need no mapping.
_ALIASES = {
    "name_ru": ("name:ru", "nameRu", "name_rus"),
    "name_kk": ("name:kk", "nameKk", "name_kz", "name_kaz"),
    "name_en": ("name:en", "nameEn", "name_eng"),
    "district": ("slug",),
}
_LETTERS = dict(zip("абвгдезийклмнопрстуфхыэәғқңөұүһіё", "abvgdeziyklmnoprstufhyeagknouuhie", strict=True)) | {
    "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}  # fmt: skip
_DISTRICT_WORD = re.compile(r"\b(?:район|р-н|ауданы|аудан|district|rayon|raion)\b", re.IGNORECASE)


def read_own_districts(path: Path, spec: FileSpec, *, city: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read districts from a vector file.

    Parameters
    ----------
    path
        Polygons with a name each. Columns (or what the mapping calls them): district (slug; made from the name where there
        is none), name_ru, name_kk, name_en, or just name.
    spec
        Its mapping.
    city
        Slug of the city, which no district may bear.

    Returns
    -------
    tuple
        The layer districts.geojson, and notes.

    Raises
    ------
    InputError
        If it cannot be used; see `districts_from`.
    """
    return districts_from(read_own_vector(path, spec, what="districts"), path, city=city)


def districts_from(frame: gpd.GeoDataFrame, path: Path, *, city: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Make the district layer from polygons with names.

    Raises
    ------
    InputError
        If a feature is no polygon, has no name, two have one slug, or districts overlap or leave holes larger than
        `quality.mend` of the standards; smaller ones are mended and noted.
    """
    kinds = frame.geometry.geom_type
    flat = ~kinds.isin(["Polygon", "MultiPolygon"])
    if flat.any():
        row = int(np.flatnonzero(flat.to_numpy())[0])
        msg = f"{path}: feature {row + 1} is a {kinds.iloc[row]}, no polygon"
        raise InputError(msg)
    named, notes = _named(frame, path)
    table = gpd.GeoDataFrame(named, geometry=shapely.make_valid(frame.geometry.to_numpy()), crs="EPSG:4326")
    table["district"] = _slugs(table, texts(_with_aliases(frame), "district"), path, city=city)
    table = table[["district", *_NAMES, "geometry"]].sort_values("district", ignore_index=True)
    _refuse_faults(table, path)
    closed, more = close_holes(table)
    return closed, notes + more


def slug_of(name: str) -> str:
    """Return a name as a slug: Latin letters, digits and dashes; '' where nothing is left.

    Raises
    ------
    None
    """
    bare = _DISTRICT_WORD.sub(" ", name).strip().lower()
    latin = "".join(_LETTERS.get(letter, letter) for letter in bare)
    slug = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
    return slug if SLUG.match(slug) else (f"d-{slug}" if slug else "")


def _with_aliases(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    out = pd.DataFrame(frame.drop(columns="geometry"))
    for ours, theirs in _ALIASES.items():
        known = [name for name in theirs if name in out.columns]
        if ours not in out.columns and known:
            out[ours] = out[known[0]]
    return out


def _named(frame: gpd.GeoDataFrame, path: Path) -> tuple[pd.DataFrame, list[str]]:
    table = _with_aliases(frame)
    plain = texts(table, "name")
    names = pd.DataFrame({name: texts(table, name) for name in _NAMES})
    slug = texts(table, "district")
    any_name = names["name_ru"].where(names["name_ru"] != "", plain)
    for name in ("name_kk", "name_en"):
        any_name = any_name.where(any_name != "", names[name])
    any_name = any_name.where(any_name != "", slug)
    nameless = any_name == ""
    if nameless.any():
        row = int(np.flatnonzero(nameless.to_numpy())[0])
        have = ", ".join(str(column) for column in frame.columns if column != "geometry") or "none"
        msg = f"{path}: feature {row + 1} has no name: needs name_ru, name_kk, name_en, name or district; columns: {have}"
        raise InputError(msg)
    notes = []
    for name in _NAMES:
        empty = names[name] == ""
        if empty.any():
            notes.append(
                f"{name} is not in the file for {int(empty.sum())} districts: the name it has stands for it"
            )
            names[name] = names[name].where(~empty, any_name)
    return names, notes


def _slugs(table: gpd.GeoDataFrame, given: pd.Series, path: Path, *, city: str) -> pd.Series:
    made = table["name_en"].map(slug_of)
    slugs = given.where(given != "", made)
    bad = ~slugs.str.match(SLUG)
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy())[0])
        msg = f"{path}: feature {row + 1}: {slugs.iloc[row]!r} is no slug: small Latin letters, digits, - and _ only"
        raise InputError(msg)
    twice = slugs[slugs.duplicated()]
    if len(twice):
        msg = f"{path}: two districts are called {twice.iloc[0]!r}; give them a column district"
        raise InputError(msg)
    if (slugs == city).any():
        if len(slugs) > 1:
            msg = f"{path}: a district is called {city!r} like the city; give it another slug in a column district"
            raise InputError(msg)
        slugs = slugs + "-whole"
    return slugs


def _refuse_faults(table: gpd.GeoDataFrame, path: Path) -> None:
    limit_m2 = load_standards().quality.mend.value * 1e4
    metric = table.geometry.to_crs(metric_crs(table))
    shapes = metric.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    common = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    if len(common) and common.max() > limit_m2:
        worst = int(common.argmax())
        a, b = table["district"].iloc[[left[worst], right[worst]]]
        msg = f"{path}: districts {a} and {b} overlap by {common[worst] / 1e4:,.1f} ha"
        raise InputError(msg)
    union = shapely.union_all(shapes)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    large = sorted((hole for hole in holes if hole.area > limit_m2), key=lambda hole: -hole.area)
    if large:
        middle = gpd.GeoSeries([large[0].representative_point()], crs=metric.crs).to_crs("EPSG:4326").iloc[0]
        msg = f"{path}: districts leave a hole of {large[0].area / 1e4:,.1f} ha at {middle.x:.4f} {middle.y:.4f}"
        raise InputError(msg)
