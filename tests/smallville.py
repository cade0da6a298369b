"""Smallville: a small city with real geometry of its own, so that every figure in a test can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geoplan.city import City

UTM = CRS("EPSG:32643")
X0, Y0 = 655_000.0, 4_790_000.0  # the lower left corner, in Almaty's UTM zone
BLOCK = 200.0


def to_degrees(x, y):
    return Transformer.from_crs(UTM, "EPSG:4326", always_xy=True).transform(x, y)


def grid_streets(columns: int = 6, rows: int = 4) -> gpd.GeoDataFrame:
    """A street grid, blocks of 200 m; the bottom street is one-way eastwards by car."""
    records = []
    for r in range(rows):
        for c in range(columns):
            here = r * columns + c
            if c + 1 < columns:
                records.append((here, here + 1, c, r, c + 1, r, r == 0))
            if r + 1 < rows:
                records.append((here, here + columns, c, r, c, r + 1, False))
    table = pd.DataFrame(records, columns=["u", "v", "c0", "r0", "c1", "r1", "oneway"])
    lines = [
        shapely.LineString(
            [to_degrees(X0 + a * BLOCK, Y0 + b * BLOCK), to_degrees(X0 + c * BLOCK, Y0 + d * BLOCK)]
        )
        for a, b, c, d in table[["c0", "r0", "c1", "r1"]].itertuples(index=False)
    ]
    return gpd.GeoDataFrame(
        {
            "u": table["u"], "v": table["v"], "length_m": BLOCK, "highway": "residential", "name": "",
            "oneway": table["oneway"], "maxspeed_kmh": 0, "drive": True, "walk": True, "wheelchair": True,
            "bridge": False, "tunnel": False,
        },
        geometry=lines, crs="EPSG:4326",
    )  # fmt: skip


def points(*places):
    """Degrees of places given in metres from the lower left corner."""
    xy = np.asarray(places, dtype=float)
    return to_degrees(X0 + xy[:, 0], Y0 + xy[:, 1])


def small_cells(columns: int = 6, rows: int = 4) -> pd.DataFrame:
    """A cell 10 m north of every crossing, 100 people each; the western half is `almaly`, the eastern `medeu`."""
    r, c = np.divmod(np.arange(columns * rows), columns)
    x, y = X0 + c * BLOCK, Y0 + r * BLOCK + 10
    lon, lat = to_degrees(x, y)
    return pd.DataFrame(
        {
            "row": r, "col": c, "x": x, "y": y, "lon": lon, "lat": lat,
            "district": np.where(c < columns // 2, "almaly", "medeu"), "persons": 100.0,
        }
    )  # fmt: skip


def small_districts(columns: int = 6, rows: int = 4) -> gpd.GeoDataFrame:
    half = columns // 2 * BLOCK - BLOCK / 2
    boxes = [(-300, half), (half, columns * BLOCK + 300)]
    shapes = [
        shapely.Polygon([to_degrees(X0 + x, Y0 + y) for x, y in ((a, -300), (b, -300), (b, top), (a, top))])
        for (a, b), top in zip(boxes, [rows * BLOCK + 300] * 2, strict=True)
    ]
    return gpd.GeoDataFrame(
        {
            "district": ["almaly", "medeu"], "name_ru": ["Алмалинский район", "Медеуский район"],
            "name_kk": ["Алмалы ауданы", "Медеу ауданы"], "name_en": ["Almaly district", "Medeu district"],
        },
        geometry=shapes, crs="EPSG:4326",
    ).set_index("district")  # fmt: skip


def facility(facility_id, service, place, **other) -> dict:
    base = {
        "facility_id": facility_id, "service": service, "name": facility_id, "address": "", "capacity": np.nan,
        "capacity_unit": "", "opens": "", "closes": "", "district": "almaly", "precision": "address", "radius_m": 50.0,
        "source": "test", "owner": "state", "emergency_admissions": np.nan, "alternatives": "", "note": "",
        "geometry": None if place is None else shapely.Point(*[float(v[0]) for v in points(place)]),
    }  # fmt: skip
    return base | other


def build(build_id, service, **other) -> dict:
    base = {
        "build_id": build_id, "project": build_id.split("-")[0], "service": service, "action": "new", "kind": service,
        "capacity": 100, "capacity_unit": "seats", "capacity_basis": "stated", "opens": 2024, "opens_basis": "stated",
        "district": "", "place": "", "replaces": "", "lon": np.nan, "lat": np.nan, "precision": "", "radius_m": np.nan,
        "alternatives": "", "status": "proposed", "cost": np.nan, "cost_basis": "", "owner": "state",
        "facility_id": "", "standing": "", "note": "",
    }  # fmt: skip
    return base | other


def stated(place) -> dict:
    lon, lat = points(place)
    return {
        "lon": float(lon[0]), "lat": float(lat[0]), "place": "ул. Тестовая, 1", "precision": "address",
        "radius_m": 50.0, "status": "stated",
    }  # fmt: skip


class SmallCity(City):
    """A city whose layers are given, not read."""

    def __init__(self, facilities: list[dict], builds: list[dict]) -> None:
        super().__init__("smallville", Path("nowhere"))
        self.__dict__.update(
            districts=small_districts(),
            crs=UTM,
            streets=grid_streets(),
            cells=small_cells(),
            facilities=gpd.GeoDataFrame(facilities, geometry="geometry", crs="EPSG:4326"),
            builds=pd.DataFrame(builds, columns=list(build("0-00", "school"))),
            population=pd.DataFrame(columns=["district", "year", "group", "persons", "basis", "source"]),
            package={"name": "smallville", "resources": []},
            places=gpd.GeoDataFrame(
                {"name": ["Тихий"], "kind": ["microdistrict"]},
                geometry=[shapely.Point(*[float(v[0]) for v in points((0, 0))])],
                crs="EPSG:4326",
            ),
        )
