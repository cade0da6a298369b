"""Ask Nominatim for what the offline geocoder left open: only when told to, once a second, kept on disk."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from geoplan.errors import InputError
from geoplan.layers.fetch.servers import NOMINATIM
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    import pandas as pd

__all__ = ["geocode_online"]

_AGENT = "geoplan (offline planning of public facilities; asks only what its gazetteer lacks)"
_TIMEOUT_S = 20
_MOST_ANSWERS = 5
# Below the accept line of the offline geocoder: nothing here has been checked against the city's own layers.
_SCORE = 70.0
_LEAST_RADIUS_M = 100.0
# OSM classes and types of an answer -> precision; anything else is a landmark.
_PRECISION = {
    "house": "address",
    "building": "address",
    "highway": "street",
    "residential": "microdistrict",
    "neighbourhood": "microdistrict",
    "quarter": "microdistrict",
    "suburb": "microdistrict",
}
_TOO_COARSE = frozenset({"city", "city_district", "county", "state", "country", "administrative", "postcode"})


def geocode_online(
    found: pd.DataFrame,
    texts: pd.Series,
    *,
    districts: gpd.GeoDataFrame,
    cache: Path,
    city_name: str = "Алматы",
    url: str = NOMINATIM,
) -> pd.DataFrame:
    """Fill the rows that have no point with answers of a Nominatim server.

    Parameters
    ----------
    found
        Table of `geoplan.geocode.geocode`.
    texts
        What was asked, on the index of `found`.
    districts
        district, geometry (EPSG:4326).
    cache
        Folder that keeps every answer of the server: the same text is never asked twice.
    city_name
        Added to each question.
    url
        Server to ask, without `/search`.

    Returns
    -------
    pandas.DataFrame
        `found` on the same index. A row is filled only if it had neither point nor alternatives (an ambiguous name stays
        so) and if all answers of the server inside the city lie within the radius of the first; a district known before is
        kept to. Its `how` begins with `online`, its score is below the accept line.

    Raises
    ------
    InputError
        If the server cannot be reached or does not answer as Nominatim does.

    Notes
    -----
    Requests go through osmnx, which waits a second before each, as the usage policy of Nominatim asks, and keeps
    the answers. © OpenStreetMap contributors, ODbL.
    """
    out = found.copy()
    asked = (
        out["lon"].isna()
        & (out["alternatives"] == "")
        & ~out["how"].str.contains("другой город|длиннее|пустой")
    )
    metric = metric_crs(districts)
    areas = districts.set_index("district").geometry.to_crs(metric)
    box = tuple(round(edge, 4) for edge in districts.total_bounds)
    for row in out.index[asked.to_numpy()]:
        answers = _search(f"{texts[row]}, {city_name}", box, cache=cache, url=url)
        best = _inside(answers, areas, known=str(out.loc[row, "district"]))
        if best is None:
            out.loc[row, "how"] = f"{out.loc[row, 'how']}; online: ничего в городе не найдено".lstrip("; ")
            continue
        for column, value in best.items():
            out.loc[row, column] = value
    return out


def _search(query: str, box: tuple[float, ...], *, cache: Path, url: str) -> list[dict[str, Any]]:
    import osmnx
    import requests
    from osmnx import _nominatim

    west, south, east, north = box
    params: OrderedDict[str, int | str] = OrderedDict(
        format="json",
        q=query,
        limit=_MOST_ANSWERS,
        viewbox=f"{west},{north},{east},{south}",
        bounded=1,
        addressdetails=0,
    )
    before = _settings(osmnx)
    try:
        _configure(osmnx, cache=cache, url=url)
        answers = _nominatim._nominatim_request(params)  # noqa: SLF001 - the public call gives no bounding box
    except Exception as error:  # requests, json and osmnx raise many kinds
        # A failed connection tells the whole query; what a reader needs is that nobody answered there.
        away = isinstance(error, requests.ConnectionError | requests.Timeout)
        told = "cannot be reached" if away else (str(error).strip() or type(error).__name__).splitlines()[0]
        msg = f"{url}: {told}"
        raise InputError(msg) from error
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
    return [answer for answer in answers if isinstance(answer, dict)]


_NAMES = ("nominatim_url", "cache_folder", "use_cache", "http_user_agent", "requests_timeout")


def _settings(module: ModuleType) -> dict[str, Any]:
    return {name: getattr(module.settings, name) for name in _NAMES}


def _configure(module: ModuleType, *, cache: Path, url: str) -> None:
    values = (url, str(cache), True, _AGENT, _TIMEOUT_S)
    for name, value in zip(_NAMES, values, strict=True):
        setattr(module.settings, name, value)


def _inside(answers: list[dict[str, Any]], areas: gpd.GeoSeries, *, known: str) -> dict[str, Any] | None:
    options = [option for option in (_option(answer, areas) for answer in answers) if option]
    options = [option for option in options if not known or option["district"] == known]
    if not options:
        return None
    first = options[0]
    point = first.pop("_point")
    # Two answers apart are a tie: never a coin toss.
    if any(shapely.distance(point, other["_point"]) > first["radius_m"] for other in options[1:]):
        return None
    return first


def _option(answer: dict[str, Any], areas: gpd.GeoSeries) -> dict[str, Any] | None:
    try:
        lon, lat = float(answer["lon"]), float(answer["lat"])
        south, north, west, east = (float(edge) for edge in answer["boundingbox"])
    except (KeyError, TypeError, ValueError):
        return None
    kinds = [str(answer.get(name, "")) for name in ("type", "addresstype", "class")]
    if _TOO_COARSE & set(kinds):
        return None
    corners = gpd.GeoSeries(
        [shapely.Point(lon, lat), shapely.Point(west, south), shapely.Point(east, north)], crs="EPSG:4326"
    ).to_crs(areas.crs)
    point = corners.iloc[0]
    holds = areas.index[areas.contains(point)]
    if not len(holds):
        return None
    reach = max(float(shapely.distance(point, corner)) for corner in corners.iloc[1:])
    precision = next((_PRECISION[kind] for kind in kinds if kind in _PRECISION), "landmark")
    name = " ".join(str(answer.get("display_name", "")).split())[:120]
    radius = float(max(_LEAST_RADIUS_M, round(reach + 0.5)))
    return {
        "_point": point,
        "district": str(holds[0]),
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "precision": precision,
        "radius_m": radius,
        "extent_m": radius,
        "score": _SCORE,
        "how": f"online (Nominatim, © OpenStreetMap contributors): {json.dumps(name, ensure_ascii=False)}",
    }
