"""Writes the source files of a made-up town: two districts, nine ways, four blocks."""

import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, box

# A hundredth of a degree near Almaty: 0.8 km by 1.1 km.
STEP = 0.01
WEST, SOUTH = 76.90, 43.20


def at(column, row):
    """A point of the made-up city's raster of hundredths of a degree."""
    return (round(WEST + column * STEP, 7), round(SOUTH + row * STEP, 7))


ROADS = [
    # fclass, name, oneway, maxspeed, vertices
    ("primary", "Main", "B", 60, [(0, 2), (1, 2), (2, 2), (3, 2)]),
    ("residential", "Yard", "F", 0, [(1, 2), (1, 1), (2, 1), (2, 2)]),
    ("residential", "Back", "T", 0, [(2, 2), (2, 3), (1, 3), (1, 2)]),
    ("footway", None, "B", 0, [(1, 1), (1.5, 1.5), (2, 2)]),
    ("steps", None, "B", 0, [(0, 2), (0, 3)]),
    ("track_grade2", None, "B", 0, [(3, 2), (3, 3)]),
    ("residential", "Dead end one way", "F", 0, [(3, 2), (4, 2)]),
    ("service", "Island", "B", 0, [(3.2, 0.2), (3.8, 0.2)]),
    ("unknown", None, "B", 0, [(0, 0), (0, 1)]),
]


def write_roads(folder, roads=ROADS):
    """Write ways in the Geofabrik layout as a zipped shapefile."""
    frame = gpd.GeoDataFrame(
        {
            "fclass": [road[0] for road in roads],
            "name": [road[1] for road in roads],
            "oneway": [road[2] for road in roads],
            "maxspeed": np.array([road[3] for road in roads], dtype="int32"),
            "bridge": "F",
            "tunnel": "F",
        },
        geometry=[LineString([at(*vertex) for vertex in road[4]]) for road in roads],
        crs="EPSG:4326",
    )
    loose = folder / "loose"
    loose.mkdir(parents=True)
    frame.to_file(loose / "roads_a.shp", encoding="utf-8")
    (folder / "roads").mkdir()
    with zipfile.ZipFile(folder / "roads" / "geofabrik_roads_almaty.shp.zip", "w") as archive:
        for path in sorted(loose.iterdir()):
            archive.write(path, path.name)


def write_districts(folder):
    """Two districts side by side, west and east, named so that they sort the other way round."""
    west, east = box(*at(0, 0), *at(2, 4)), box(*at(2, 0), *at(4, 4))
    shapes = gpd.GeoDataFrame(
        {"slug": ["zhetysu", "medeu"], "nameRu": ["Жетысуский район", "Медеуский район"]},
        geometry=[west, east],
        crs="EPSG:4326",
    )
    names = gpd.GeoDataFrame(
        {
            "name_ru": ["Медеуский район", "Жетысуский район"],
            "name_kz": ["Медеу ауданы", "\u018fуезов ауданы"],
        },
        geometry=[east, west],
        crs="EPSG:4326",
    )
    (folder / "districts").mkdir(parents=True)
    shapes.to_file(folder / "districts" / "almaty_districts_osm_simplified_2026-07.geojson", driver="GeoJSON")
    names.to_file(folder / "districts" / "almaty_districts_akimat_2024.geojson", driver="GeoJSON")


def write_population(folder):
    """Official 100 and 200 people, a city of 333; three blocks, one of them outside the city."""
    (folder / "population").mkdir(parents=True)
    (folder / "facts").mkdir()
    pd.DataFrame(
        {
            "district_name": ["Medeu", "Zhetysu"],
            "official_population": [200, 100],
            "source_precision": ["exact", "lower_bound"],
            "source_name": "page",
            "source_url": "https://example.org/p",
        }
    ).to_csv(folder / "population" / "district_population_govkz.csv", index=False)
    pd.DataFrame(
        {
            "normalized_city_name": ["astana", "almaty"],
            "population": [999, 333],
            "reference_date": "2026-02-01",
            "source_name": "Bureau",
            "source_url": "https://example.org/b",
        }
    ).to_csv(folder / "population" / "city_population_bns_2026-02.csv", index=False)
    pd.DataFrame(
        {
            "date": ["2021-07-01", "2021-01-01", "2026-02-01"],
            "population": [310, 300, 333],
            "source_note": ["July", "January", "copy"],
            "source_url": "https://example.org/s",
        }
    ).to_csv(folder / "facts" / "population_city_series.csv", index=False)
    points = [at(1.05, 1.05), at(1.05, 2.95), at(3.5, 3.5), at(9, 9)]
    pd.DataFrame(
        {
            "population": [30.0, 10.0, 5.0, 7.0],
            # the second names the other district: its point decides
            "RAYON": ["Жетысуский", "Медеуский", "Медеуский", "Медеуский"],
            "NOTE": "",
            "geometry": [Point(point).wkt for point in points],
        }
    ).to_csv(folder / "population" / "akimat_blocks_population.csv", index=False)
