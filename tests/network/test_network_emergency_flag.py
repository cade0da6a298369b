"""An ambulance takes the gates that the source opens to it."""

import geopandas as gpd
import pyproj
from shapely.geometry import LineString

from geoplan.network import build_network
from geoplan.standards import load_standards


def test_a_crew_drives_where_the_source_lets_it_and_else_where_cars_may():
    lines = [LineString([(76.9, 43.2), (76.91, 43.2)]), LineString([(76.91, 43.2), (76.92, 43.2)])]
    streets = gpd.GeoDataFrame(
        {
            "u": [0, 1],
            "v": [1, 2],
            "length_m": [800.0, 800.0],
            "highway": "service",
            "oneway": False,
            "maxspeed_kmh": 0,
            "drive": [True, False],
            "emergency": [True, True],
        },
        geometry=lines,
        crs="EPSG:4326",
    )
    metric, standards = pyproj.CRS("EPSG:32643"), load_standards()

    def segments(table, mode):
        return len(build_network(table, mode, standards=standards, crs=metric).u)

    assert (segments(streets, "emergency"), segments(streets, "drive")) == (2, 1)
    assert segments(streets.drop(columns="emergency"), "emergency") == 1
