"""What each layer file holds: its columns, its origin, its licence."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["LAYERS", "REQUIRED", "Layer", "layer_named"]

_OSM = ("OpenStreetMap contributors", "https://www.openstreetmap.org/copyright")
_AKIMAT = ("Akimat of Almaty, city geoportal and open data", "https://opendata.almaty.kz")
_ODBL = "ODbL-1.0"
# The origin states no licence: facts are cited, the source file is not republished.
_FACTS = "cited-facts"


@dataclass(frozen=True)
class Layer:
    """One file of a city's layers.

    Attributes
    ----------
    file
        Its name.
    title
        What it is, in one line.
    columns
        Column name -> Frictionless field type; empty for rasters.
    vintage
        The time that the data describe.
    origins
        (title, path) of each origin, `path` a file of the sources folder or an address.
    licence
        Identifier of the licence.
    key
        Columns that name a row, each value once.
    required
        False for what only a city with a roadmap has.
    """

    file: str
    title: str
    vintage: str
    origins: tuple[tuple[str, str], ...]
    licence: str
    columns: dict[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    required: bool = True

    @property
    def name(self) -> str:
        """Name of the resource: the file without its suffix, with `-grid` if it is a raster."""
        stem, _, suffix = self.file.rpartition(".")
        return f"{stem}-grid" if suffix == "tif" else stem


def _fields(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_POINTS = {"geometry": "geojson"}

LAYERS: tuple[Layer, ...] = (
    Layer(
        "districts.geojson",
        "Districts of the city, one coverage without holes",
        "2026-07",
        (
            (_OSM[0] + ", boundaries (simplified)", _OSM[1]),
            (
                "Akimat of Almaty, district names in Kazakh, 2024",
                "districts/almaty_districts_akimat_2024.geojson",
            ),
        ),
        _ODBL,
        _fields("string", "district name_ru name_kk name_en") | _POINTS,
        key=("district",),
    ),
    Layer(
        "streets.parquet",
        "Street segments from junction to junction, with the modes that may use each",
        "about 2022",
        ((_OSM[0] + ", Geofabrik layout", "roads/geofabrik_roads_almaty.shp.zip"), _OSM),
        _ODBL,
        _fields("integer", "u v")
        | {
            "length_m": "number",
            "highway": "string",
            "name": "string",
            "oneway": "boolean",
            "maxspeed_kmh": "integer",
        }
        | _fields("boolean", "drive walk wheelchair bridge tunnel")
        | _POINTS,
    ),
    Layer(
        "restrictions.parquet",
        "Turns that are forbidden (no) or the only ones allowed (only), by nodes of streets.parquet",
        "about 2022",
        (_OSM,),
        _ODBL,
        _fields("integer", "from_u via to_v") | {"kind": "string"},
        required=False,
    ),
    Layer(
        "population.tif",
        "Persons per 100 m cell; the sum of a district is its estimate row in population.csv",
        "2026-02-01, pattern undated",
        (
            ("Akimat of Almaty, population by block (weights)", "population/akimat_blocks_population.csv"),
            (_OSM[0] + ", residential streets", _OSM[1]),
        ),
        _ODBL,
    ),
    Layer(
        "population.csv",
        "Population totals as published, and the district rows scaled to the city's latest total",
        "2026-02-01; district rows undated",
        (
            ("gov.kz district pages", "population/district_population_govkz.csv"),
            ("Bureau of National Statistics of Kazakhstan", "population/city_population_bns_2026-02.csv"),
            ("City totals by date, press", "facts/population_city_series.csv"),
        ),
        _FACTS,
        {"district": "string", "year": "integer", "group": "string", "persons": "integer"}
        | _fields("string", "basis source"),
    ),
    Layer(
        "places.parquet",
        "Gazetteer: districts, microdistricts, streets, intersections, landmarks",
        "2022 to 2026-10",
        (
            _OSM,
            ("Akimat of Almaty, blocks and bus stops", "gazetteer/microdistricts_from_akimat_blocks.csv"),
            (_OSM[0] + ", Nominatim points", "gazetteer/microdistricts_osm_nominatim_2026-10.psv"),
        ),
        _ODBL,
        _fields("string", "name kind district aliases")
        | {"radius_m": "number", "source": "string", "extent_m": "number", "doubt_m": "number"}
        | _POINTS,
    ),
    Layer(
        "facilities.parquet",
        "Existing schools, kindergartens, polyclinics, hospitals, ambulance substations, placed or not",
        "kindergartens 2026-04; schools undated (up to No 211); others by source",
        (
            ("Open Almaty, registers of schools and kindergartens", "facilities"),
            ("Health department and press, cited facts", "facts"),
            (_OSM[0] + ", school points", "facts/osm_school_points_2026-06.csv"),
        ),
        _ODBL,
        _fields("string", "facility_id service name address")
        | {"capacity": "number"}
        | _fields("string", "capacity_unit opens closes district precision")
        | {"radius_m": "number", "source": "string", "owner": "string", "emergency_admissions": "number"}
        | _fields("string", "alternatives note")
        | _POINTS,
        key=("facility_id",),
    ),
    Layer(
        "projects.csv",
        "The roadmap's projects as read",
        "2022-2030",
        (("Roadmap of Almaty 2022-2030", "roadmap.txt"),),
        _FACTS,
        _fields("string", "project parent section title agencies")
        | _fields("integer", "period_start period_end")
        | _fields("string", "y2022 y2023 y2024 y2025 y2026_2030")
        | _fields(
            "number",
            "cost_2022 cost_2023 cost_2024 cost_2025 cost_2026_2030 cost_total cost_mb cost_rb cost_chi",
        )
        | {
            "kpi_2025": "string",
            "kpi_2030": "string",
            "realigned": "boolean",
            "line": "integer",
            "note": "string",
        },
        required=False,
    ),
    Layer(
        "builds.csv",
        "Planned builds, one row a facility, geocoded and matched to what stands",
        "2022-2030",
        (("Roadmap of Almaty 2022-2030", "roadmap.txt"), _OSM),
        _ODBL,
        _fields("string", "build_id project service action kind")
        | {"capacity": "integer", "capacity_unit": "string", "capacity_basis": "string", "opens": "integer"}
        | _fields("string", "opens_basis district place replaces")
        | _fields("number", "lon lat")
        | {
            "precision": "string",
            "radius_m": "number",
            "alternatives": "string",
            "status": "string",
            "cost": "number",
        }
        | _fields("string", "cost_basis owner facility_id standing note"),
        key=("build_id",),
        required=False,
    ),
    Layer(
        "findings.csv",
        "What the reader found in the roadmap: sums that do not add up, typos mended, cells moved, doubts",
        "2022-2030",
        (("Roadmap of Almaty 2022-2030", "roadmap.txt"),),
        _FACTS,
        {"project": "string", "line": "integer", "kind": "string", "message": "string"},
        required=False,
    ),
    Layer(
        "opened.csv",
        "Objects of the roadmap reported opened or built, against which builds are matched",
        "up to 2024-10",
        (("Press reports, cited row by row", "facts/opened_to_2024.csv"),),
        _FACTS,
        _fields("string", "fact service kind programme name place district")
        | {"capacity": "number"}
        | _fields("string", "capacity_unit status opened promised")
        | _fields("number", "lon lat")
        | {"precision": "string", "radius_m": "number", "source": "string"},
        required=False,
    ),
    Layer(
        "published.csv",
        "Deficits of seats, pupils, queues and attached people as published, with their dates",
        "2022 to 2025-12, by row",
        (("Officials and press, cited row by row", "facts/social_facts_by_district.csv"),),
        _FACTS,
        _fields("string", "service district place metric")
        | {"value": "number"}
        | _fields("string", "published unit as_of confidence source note"),
        required=False,
    ),
)
# What every city has; the others come with a roadmap.
REQUIRED = tuple(layer.file for layer in LAYERS if layer.required)


def layer_named(file: str) -> Layer:
    """Return the layer whose file has this name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return next(layer for layer in LAYERS if layer.file == file)
