"""Microdistricts: two gazetteers and the bus stops named after them, brought to one row per place."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from geoplan.errors import InputError
from geoplan.geocode import resolve_districts
from geoplan.geocode.keys import MicroKey, micro_key
from geoplan.layers._extent import (
    BLOCKS,
    HOUSES,
    OLD,
    STOP_OF_MICRO,
    STOPS,
    STREETS,
    joined,
    reach,
    read_points,
    rivers,
    stop_owner,
)
from geoplan.layers._middle import FEWEST, agreed, counted, middle_of, pick
from geoplan.layers._sources import read_source_table, source_file
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geoplan.layers._extent import Extents

__all__ = ["akimat_radius", "read_microdistricts"]

OSM_POINTS = "OSM (Nominatim)"
AKIMAT = "gazetteer/microdistricts_from_akimat_blocks.csv"
NOMINATIM = "gazetteer/microdistricts_osm_nominatim_2026-10.psv"
# `sp` of the akimat file is the larger standard deviation of the blocks, in degrees: nine tenths of a round normal
# cloud lie within sqrt(2 ln 10) of it (Rayleigh distribution). A degree of latitude is the upper bound of both axes.
_NINE_TENTHS = math.sqrt(2 * math.log(10))
_METRES_PER_DEGREE = 111_200.0
# Centres of one name farther apart than this are two places (Томирис in Алатауский and by the Жетысуский border).
_ONE_PLACE_M = 3000.0
# A centre of fewer blocks is noise (SOURCES.md).
_FEWEST_BLOCKS = 3
# A rare spelling beside a common one, five times as frequent, is a typing error ("Каплкаман-2", "Длстык").
_RARER = 5
# Nine in ten points that other gazetteers give for a small microdistrict lie within this of its centre.
_LEAST_M = 350.0
# Names are used beyond the blocks counted: with radii so much wider other gazetteers' points lie inside nine times in ten
# (docs/data.md, precision against true error).
_WIDER = 1.25
# The sources that can show the middle of a place by themselves; stops stand at its edge, and OSM gives one point.
_CLOUDS = (BLOCKS, HOUSES, OLD, STREETS)
# A centre of few blocks is sure within this where a point of another source lies so near.
_CONFIRMS_M = 500.0
# An answer is wrong beyond three times its radius (the project's measure): an OSM point so far off contradicts it.
_CONTRADICTS = 3.0
_NOT_A_NAME = re.compile(r"(?i)улица|квартал|территория|-\s*пк\b|санаторий|\bмкр\b.+\bмкр\b")
_TAIL = re.compile(r"(?i)\s+(ул|мкр)$|-+$")


class _Centre(NamedTuple):
    """A centre of a microdistrict by one source; `radius` holds all of it, `sure` its middle (0: not known better)."""

    name: str
    key: MicroKey
    district: str
    weight: float
    radius: float
    source: str
    x: float
    y: float
    sure: float = 0.0
    doubt: float = 0.0

    def gap(self, other: _Centre) -> float:
        return math.hypot(self.x - other.x, self.y - other.y)


def read_microdistricts(
    sources: Path, districts: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, *, without: str = ""
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the microdistricts: one row per name and place, with the radius that all sources agree on.

    Parameters
    ----------
    sources
        Folder of source files.
    districts
        The city's districts.
    stops
        Bus stops: stop_name, district, geometry; those named after a microdistrict are a third source.
    without
        Source to leave out, so that its points can be asked of the others: `HOUSES`, `OLD`, `STREETS`, `STOPS` of
        `geoplan.layers._extent` or `OSM_POINTS`.

    Returns
    -------
    tuple
        name, kind, district, aliases, radius_m (metres that hold the middle), extent_m (metres that hold all of it),
        doubt_m (how far off an OSM point lies that contradicts the others, 0: none does), source, geometry (EPSG:4326);
        and notes.

    Raises
    ------
    InputError
        If a file is missing or names a district that is not known.
    """
    metric = metric_crs(districts)
    akimat, notes = _akimat(sources, metric)
    typical = pd.Series([c.radius for c in akimat if c.weight >= _FEWEST_BLOCKS]).median()
    # A centre whose spread is not known gets the spread of the typical microdistrict.
    akimat = [c if c.weight >= _FEWEST_BLOCKS else c._replace(radius=max(c.radius, typical)) for c in akimat]
    told_by = read_points(sources, metric, stops, {centre.key for centre in akimat})
    told_by.pop(without, None)
    others = _nominatim(sources, districts, metric, typical) + _stops(stops, metric, typical)
    others = [centre for centre in others if centre.source != without]
    single = {OSM_POINTS: [c for c in others if c.source == OSM_POINTS]}
    told_by |= {name: _by_key(centres) for name, centres in single.items()}
    akimat = [_settled(centre, told_by, akimat) for centre in akimat]
    extents = joined(told_by[BLOCKS], told_by.get(HOUSES, {}))
    told = [reach(extents.get(centre.key), centre.x, centre.y) for centre in akimat]
    # Blocks and houses tell the extent better than a standard deviation does, but for the smallest.
    akimat = [
        c._replace(radius=max(_LEAST_M, _WIDER * (far or c.radius)))
        for c, far in zip(akimat, told, strict=True)
    ]
    notes.append(
        f"{sum(far > 0 for far in told)} microdistrict centres have their extent from blocks and register houses"
    )
    merged, aliases, more = _merge(akimat, others)
    merged = [centre if centre.weight else _settled(centre, told_by, merged) for centre in merged]
    family, lone = _families(merged)
    notes += more
    notes.append(
        f"{len(family)} microdistricts known only by their numbered parts are given as one place with its spread"
    )
    kept = sorted([*lone, *family], key=lambda c: (c.key, c.district, c.x))
    table = pd.DataFrame(
        {
            "name": [_shown(c) for c in kept],
            "kind": "microdistrict",
            "district": [c.district for c in kept],
            "aliases": [
                "|".join(sorted(aliases.get((c.key, c.district), set()) - {_shown(c)})) for c in kept
            ],
            "radius_m": [float(math.ceil(c.sure or c.radius)) for c in kept],
            "extent_m": [float(math.ceil(max(c.radius, c.sure))) for c in kept],
            "doubt_m": [float(math.ceil(c.doubt)) for c in kept],
            "source": [c.source for c in kept],
        }
    )
    points = gpd.points_from_xy([c.x for c in kept], [c.y for c in kept], crs=metric)
    return gpd.GeoDataFrame(table, geometry=points).to_crs("EPSG:4326"), notes


def _by_key(centres: list[_Centre]) -> Extents:
    return {key: np.array([(c.x, c.y) for c in centres if c.key == key]) for key in {c.key for c in centres}}


def _settled(centre: _Centre, told_by: dict[str, Extents], all_centres: list[_Centre]) -> _Centre:
    """Move a centre to the middle on which the sources agree that have three points of it or more.

    Where none has, the points of all of them together may tell; else the centre stays, its middle no surer than its extent.
    """
    rivals = [
        c for c in all_centres if c.key == centre.key and c is not centre and c.weight >= _FEWEST_BLOCKS
    ]
    own = {source: _own_points(points.get(centre.key), centre, rivals) for source, points in told_by.items()}
    middles = [found for name in _CLOUDS if name in own and (found := middle_of(own[name]))]
    if len(own[BLOCKS]) < FEWEST and centre.weight >= _FEWEST_BLOCKS:
        # The source counts most blocks twice.
        middles.append(counted(centre.x, centre.y, centre.radius, centre.weight / 2))
    if not middles:
        itself = (
            np.array([[centre.x, centre.y]]) if centre.weight and not len(own[BLOCKS]) else np.empty((0, 2))
        )
        pooled = middle_of(pick(np.concatenate([itself, *own.values()]), centre.x, centre.y))
        middles = [pooled] if pooled else []
    middle = agreed(middles)
    return centre._replace(x=middle.x, y=middle.y, sure=middle.radius) if middle else centre


def _own_points(
    points: NDArray[np.float64] | None, centre: _Centre, rivals: list[_Centre]
) -> NDArray[np.float64]:
    """Keep the points of a name that are within 3 km of a centre and nearer to it than to a namesake."""
    if points is None:
        return np.empty((0, 2))
    own = pick(points, centre.x, centre.y)
    gaps = np.hypot(own[:, 0] - centre.x, own[:, 1] - centre.y)
    for other in rivals:
        nearer = gaps <= np.hypot(own[:, 0] - other.x, own[:, 1] - other.y)
        own, gaps = own[nearer], gaps[nearer]
    return own


def _akimat(sources: Path, metric: object) -> tuple[list[_Centre], list[str]]:
    table = read_source_table(sources, AKIMAT, columns=["name", "rayon", "lat", "lon", "n", "sp"])
    spoilt = table["name"].str.contains(_NOT_A_NAME)
    notes = [f"{int(spoilt.sum())} rows of {AKIMAT} that join several names are left out"]
    table = table[~spoilt]
    wet = rivers(sources)
    river = [
        (micro_key(name), rayon) in wet for name, rayon in zip(table["name"], table["rayon"], strict=True)
    ]
    notes.append(f"{sum(river)} rows of {AKIMAT} that blocks give to a river alone are left out")
    table = table[~np.array(river)]
    points = _metric(table["lon"], table["lat"], metric)
    centres = []
    rows = zip(table["name"], table["rayon"], table["n"], table["sp"], points.x, points.y, strict=True)
    for raw, rayon, n, spread, x, y in rows:
        slugs = resolve_districts(rayon)
        if len(slugs) != 1:
            msg = f"{sources / AKIMAT}: {raw}: unknown district {rayon!r}"
            raise InputError(msg)
        name = _TAIL.sub("", raw).strip()
        radius = _NINE_TENTHS * _METRES_PER_DEGREE * float(spread or 0)
        centres.append(_Centre(name, micro_key(name), slugs[0], float(n), radius, BLOCKS, x, y))
    return centres, notes


def _nominatim(sources: Path, districts: gpd.GeoDataFrame, metric: object, radius: float) -> list[_Centre]:
    path = source_file(sources, NOMINATIM)
    table = pd.read_csv(path, sep="|", dtype=str, keep_default_na=False)
    points = _metric(table["lon"], table["lat"], metric)
    frame = gpd.GeoDataFrame(table, geometry=points)
    inside = frame.sjoin(districts[["district", "geometry"]].to_crs(metric), predicate="within")
    return [
        _Centre(name, micro_key(name), slug, 0.0, radius, OSM_POINTS, point.x, point.y)
        for name, slug, point in zip(inside["name"], inside["district"], inside.geometry, strict=True)
    ]


def _stops(stops: gpd.GeoDataFrame, metric: object, radius: float) -> list[_Centre]:
    """Return the mean point of the stops of each microdistrict: a stop named after it stands in it or at its edge."""
    named = stops[stops["stop_name"].str.contains(STOP_OF_MICRO)].copy()
    named["name"] = named["stop_name"].map(stop_owner)
    points = named.geometry.to_crs(metric)
    named = named.assign(x=points.x, y=points.y)
    means = named.groupby(["name", "district"], sort=True)[["x", "y"]].mean()
    return [
        _Centre(name, micro_key(name), slug, 0.0, radius, STOPS, x, y)
        for (name, slug), (x, y) in zip(means.index, means.to_numpy().tolist(), strict=True)
    ]


def _metric(lon: pd.Series, lat: pd.Series, metric: object) -> gpd.GeoSeries:
    points = gpd.points_from_xy(lon.astype(float), lat.astype(float), crs="EPSG:4326")
    return gpd.GeoSeries(points, index=lon.index).to_crs(metric)


def _merge(
    akimat: list[_Centre], others: list[_Centre]
) -> tuple[list[_Centre], dict[tuple[MicroKey, str], set[str]], list[str]]:
    """Merge the centres of one name and place: the one of most blocks leads, the rest widen its radius."""
    leads: list[_Centre] = []
    aliases: dict[tuple[MicroKey, str], set[str]] = {}
    noise = mended = far = 0
    for centre in sorted(akimat, key=lambda c: (-c.weight, c.name, c.district)):
        lead = _same(centre, leads)
        if lead is None:
            lead = _spelt_better(centre, leads)
            mended += lead is not None
        elif centre.weight < _FEWEST_BLOCKS:
            noise += 1
        if lead is None:
            leads.append(centre)
            continue
        aliases.setdefault((lead.key, lead.district), set()).add(centre.name)
        if centre.weight >= _FEWEST_BLOCKS and centre.gap(lead) <= _ONE_PLACE_M:
            _widen(leads, lead, centre)
    for centre in others:
        near = [lead for lead in leads if lead.key == centre.key and lead.gap(centre) <= _ONE_PLACE_M]
        if near:
            lead = min(near, key=lambda one: one.gap(centre))
            _widen(leads, lead, centre)
        elif any(lead.key == centre.key and lead.district == centre.district for lead in leads):
            far += 1
        else:
            leads.append(centre)
    notes = [
        f"{noise} microdistrict centres of fewer than {_FEWEST_BLOCKS} blocks give way to the main one of their name",
        f"{mended} rare spellings of a microdistrict beside a common one are taken as its aliases",
        f"{far} points that lie over 3 km from the microdistrict of their name in one district are not used",
    ]
    return leads, aliases, notes


def _same(centre: _Centre, leads: list[_Centre]) -> _Centre | None:
    found = [lead for lead in leads if lead.key == centre.key and lead.district == centre.district]
    return found[0] if found else None


def _spelt_better(centre: _Centre, leads: list[_Centre]) -> _Centre | None:
    base = centre.key.base
    edits = 2 if len(base) >= 9 else 1
    found = [
        lead
        for lead in leads
        if lead.district == centre.district
        and lead.key.number == centre.key.number
        and lead.weight >= _RARER * centre.weight
        and lead.gap(centre) <= _ONE_PLACE_M
        and 0 < OSA.distance(base, lead.key.base, score_cutoff=edits) <= edits
        and len(base) >= 4
    ]
    return found[0] if found else None


def _witness(lead: _Centre, other: _Centre) -> _Centre:
    """Note what another source says of a centre: a point close by makes it sure, an OSM point far off doubtful.

    A stop stands at the edge as often as in the middle: it can confirm a centre and cannot contradict one.
    """
    gap = lead.gap(other)
    if not lead.sure and gap <= _CONFIRMS_M:
        return lead._replace(sure=_CONFIRMS_M)
    if other.source.startswith("OSM") and lead.sure and gap > _CONTRADICTS * lead.sure:
        return lead._replace(doubt=max(lead.doubt, gap))
    return lead


def _widen(leads: list[_Centre], lead: _Centre, other: _Centre) -> None:
    at = next(i for i, one in enumerate(leads) if one.key == lead.key and one.district == lead.district)
    current = _witness(leads[at], other)
    source = current.source if other.source in current.source else f"{current.source}, {other.source}"
    leads[at] = current._replace(radius=max(current.radius, current.gap(other)), source=source)


def _families(leads: list[_Centre]) -> tuple[list[_Centre], list[_Centre]]:
    """Give a name that is known only by numbered parts one place: their mean centre, a radius that holds them all."""
    groups: dict[tuple[str, str], list[_Centre]] = {}
    for lead in leads:
        if lead.key.base:
            groups.setdefault((lead.key.base, lead.district), []).append(lead)
    families: list[_Centre] = []
    replaced: set[int] = set()
    for (base, district), members in sorted(groups.items()):
        whole = [one for one in members if not one.key.number]
        parts = [one for one in members if one.key.number]
        strong = any(one.weight >= _FEWEST_BLOCKS for one in whole)
        if strong or len(members) < 2 or not parts:
            continue
        x = sum(one.x for one in members) / len(members)
        y = sum(one.y for one in members) / len(members)
        centre = _Centre(_base_name(parts[0]), MicroKey(base, ""), district, 0.0, 0.0, "", x, y)
        radius = max(centre.gap(one) + one.radius for one in members)
        # The parts that are known are a sample of all of them.
        apart = math.sqrt(sum(centre.gap(one) ** 2 for one in members) / len(members))
        sure = max(one.sure or one.radius for one in members) + apart / math.sqrt(len(members))
        source = f"частей {len(members)}: {', '.join(sorted(_shown(one) for one in members))}"
        families.append(centre._replace(radius=radius, sure=sure, source=source))
        replaced.update(id(one) for one in whole)
    return families, [lead for lead in leads if id(lead) not in replaced]


def _base_name(centre: _Centre) -> str:
    return re.sub(r"[\s-]*\d+\s*-?\s*\w?$", "", _plain(centre.name)).strip()


def _plain(name: str) -> str:
    return re.sub(r"(?i)^(мкр|микро?йр?айон|микрорайн|микрорайон)\.?\s+|\s+микрорайон$", "", name).strip()


def _shown(centre: _Centre) -> str:
    """Return the name as it is written: "Айгерим-1", "9-й микрорайон"."""
    if not centre.key.base:
        return f"{centre.key.number.upper()}-й микрорайон"
    if centre.key.number:
        return f"{_base_name(centre)}-{centre.key.number.upper()}"
    return _plain(centre.name)


def akimat_radius(sources: Path) -> dict[MicroKey, float]:
    """Return the radius in metres of each microdistrict of the akimat gazetteer, of its largest entry.

    Raises
    ------
    InputError
        If the file is missing or lacks a column.
    """
    table = read_source_table(sources, AKIMAT, columns=["name", "n", "sp"])
    table = table.assign(n=table["n"].astype(float), key=table["name"].map(micro_key))
    table = table[(table["sp"] != "") & (table["n"] >= _FEWEST_BLOCKS)].sort_values(
        ["n", "name"], ascending=[False, True], kind="stable"
    )
    first = table.drop_duplicates("key")
    radii = _NINE_TENTHS * _METRES_PER_DEGREE * first["sp"].astype(float)
    return dict(zip(first["key"], radii, strict=True))
