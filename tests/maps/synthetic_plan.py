"""A small made-up city and plans of it, with the columns that real ones have."""

from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from scipy.spatial import KDTree
from shapely.geometry import LineString, Point, box

from geoplan.scenario import Change, Plan, Siting
from geoplan.standards import load_standards

SERVICES = ["ambulance", "polyclinic", "school", "kindergarten"]
YEARS = [2024, 2025, 2030]


@dataclass
class MadeCity:
    """What the pages ask a city for."""

    districts: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    cells: pd.DataFrame
    population: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["district", "year", "group", "persons", "basis", "source"]
        )
    )
    name: str = "almaty"
    crs: CRS = field(default_factory=lambda: CRS.from_epsg(32643))
    package: dict[str, Any] = field(
        default_factory=lambda: {
            "resources": [
                {
                    "path": "streets.parquet",
                    "vintage": "about 2022",
                    "sources": [{"title": "OpenStreetMap contributors"}],
                },
                {"path": "population.tif", "vintage": "2026-02", "sources": [{"title": "A census"}]},
            ]
        }
    )


def small_city():
    """Three districts side by side, 24 x 16 cells, one street each way."""
    x0, y0 = 655_000.0, 4_790_000.0
    areas = gpd.GeoDataFrame(
        {
            "district": ["almaly", "medeu", "turksib"],
            "name_ru": ["Алмалинский", "Медеуский", "Турксибский"],
            "name_kk": ["Алмалы", "Медеу", "Түрксіб"],
            "name_en": ["Almaly", "Medeu", "Turksib"],
        },
        geometry=[box(x0 + k * 800, y0, x0 + (k + 1) * 800, y0 + 1600) for k in range(3)],
        crs=32643,
    ).set_index("district")
    row, col = (part.ravel() for part in np.mgrid[0:16, 0:24])
    x, y = x0 + 50 + col * 100.0, y0 + 50 + row * 100.0
    points = gpd.GeoSeries.from_xy(x, y, crs=32643).to_crs(4326)
    cells = pd.DataFrame(
        {
            "row": row, "col": col, "x": x, "y": y, "lon": points.x, "lat": points.y,
            "district": areas.index.to_numpy()[np.minimum(col // 8, 2)], "persons": 20.0 + (row * 7 + col * 3) % 50,
        }
    )  # fmt: skip
    lines = [
        LineString([(x0, y0 + 820), (x0 + 2400, y0 + 820)]),
        LineString([(x0 + 1200, y0), (x0 + 1200, y0 + 1600)]),
    ]
    streets = gpd.GeoDataFrame(
        {
            "u": [0, 1, 2, 3], "v": [1, 0, 3, 2], "length_m": [2400.0, 2400.0, 1600.0, 1600.0],
            "highway": ["primary", "primary", "secondary", "secondary"],
            "name": ["проспект Абая", "проспект Абая", "улица <Сейфуллина>", "Төле би даңғылы"],
        },
        geometry=[lines[0], lines[0].reverse(), lines[1], lines[1].reverse()],
        crs=32643,
    ).to_crs(4326)  # fmt: skip
    places = gpd.GeoDataFrame(
        {"name": ["Орбита"], "kind": ["microdistrict"], "district": ["almaly"]},
        geometry=[Point(x0 + 300, y0 + 300)],
        crs=32643,
    ).to_crs(4326)
    return MadeCity(areas.to_crs(4326), streets, places, cells)


def make_plan(city, service, *, existing=6, planned=5, seed=7, hostile=""):
    """A plan whose classes follow straight distances, so that the figures hang together."""
    standards = load_standards()
    norm = standards.service(service)
    rng = np.random.default_rng(seed + sum(map(ord, service)))
    cells = city.cells
    weight = cells["persons"].to_numpy() / cells["persons"].sum()
    xy = cells[["x", "y"]].to_numpy()
    here = rng.choice(len(cells), existing, replace=False, p=weight)
    there = rng.choice(len(cells), planned, replace=False, p=weight)
    scale = 1.0 if norm.unit == "m" else 1 / 500
    years = np.sort(rng.choice(YEARS, planned))
    years[-1] = YEARS[-1]
    status = np.array([["stated", "proposed", "none", "register"][k % 4] for k in range(planned)])
    status[0] = "stated"
    facilities = _facilities(cells, here, service, hostile)
    builds = _builds(cells, there, service, years, status, hostile)
    moments = ["baseline", *map(str, sorted(set(years)))]

    def state(chosen):
        spots = np.concatenate([xy[here[1:]], xy[there[chosen]]])
        return KDTree(spots).query(xy)[0] * scale

    everything = status != "none"
    scopes = {
        "without": everything & False,
        "proposed": everything,
        "placed": everything & (status != "proposed"),
    }
    if service == "school":
        scopes["proposed+private"] = everything
        builds.loc[planned - 1, "owner"] = "private"
        scopes["proposed"] = everything & (builds["owner"] != "private").to_numpy()
    steps = [0, *sorted(set(years))]
    costs = {key: [state(mask & (years <= year)) for year in steps] for key, mask in scopes.items()}
    views = {
        key: np.stack([_classes(cost, norm) for cost in series])
        for key, series in costs.items()
        if key != "without"
    }
    coverage = _coverage(city, cells, norm, moments, costs)
    changes, effects = {}, []
    for k in range(planned):
        earlier = everything & (years < years[k])
        this = earlier.copy()
        this[k] = everything[k]
        before, after = state(earlier), state(this)
        effects.append(_effect(builds.iloc[k], cells, norm, before, after))
        was, now = _classes(before, norm), _classes(after, norm)
        moved = np.flatnonzero(was != now).astype(np.int32)
        if len(moved):
            changes[builds["build_id"].iat[k]] = Change(cells=moved, before=was[moved], after=now[moved])
    drawn = 2 if service == "ambulance" else 0
    return Plan(
        city=city, service=norm, cells=cells, moments=moments, breaks=list(norm.map_breaks), threshold=norm.headline,
        views=views, facilities=facilities, builds=builds, changes=changes, coverage_table=coverage,
        effects_table=pd.DataFrame(effects),
        unplaced={"existing": 1 + drawn, "existing_drawn": drawn, "builds_proposed": int((status == "proposed").sum()),
                  "builds_stated": int((status == "stated").sum()), "builds_none": int((status == "none").sum())},
        siting=Siting(how="greedy", objective=1.0, bound=1.0),
    )  # fmt: skip


def without_builds(plan):
    """The same plan of a city that plans nothing: the baseline alone."""
    return replace(
        plan,
        builds=plan.builds.iloc[:0],
        moments=plan.moments[:1],
        views={key: view[:1] for key, view in plan.views.items()},
        changes={},
        coverage_table=plan.coverage_table[plan.coverage_table["moment"] == "baseline"],
        effects_table=plan.effects_table.iloc[:0],
    )


def _classes(cost, norm):
    out = np.searchsorted(np.asarray(norm.map_breaks), cost, side="left").astype(np.uint8)
    out[cost > 40 * norm.headline] = 255
    return out


def _facilities(cells, at, service, hostile):
    rows = pd.DataFrame(
        {
            "facility_id": [f"{service}-{k:03d}" for k in range(len(at))],
            "name": [f"{hostile}Учреждение №{k}" for k in range(len(at))],
            "address": f"ул. Абая{hostile}",
            "district": cells["district"].to_numpy()[at],
            "lon": cells["lon"].to_numpy()[at], "lat": cells["lat"].to_numpy()[at],
            "precision": "address", "radius_m": 30.0, "opens": 0, "closes": 0, "owner": "state",
            "source": "register", "note": "",
        }
    )  # fmt: skip
    rows.loc[0, ["lon", "lat", "radius_m"]] = np.nan
    rows.loc[1, "closes"] = 2025
    return rows


def _builds(cells, at, service, years, status, hostile):
    kind = {"ambulance": "substation"}.get(service, service)
    unit = {"polyclinic": "visits_per_shift"}.get(service, "seats")
    count = len(at)
    known = np.isin(status, ["stated", "register"])
    has_site = status != "none"
    return pd.DataFrame(
        {
            "build_id": [f"5.1.{1 + k // 99}-{k % 99 + 1:02d}" for k in range(count)], "project": "5.1.1",
            "service": service, "action": np.where(has_site, "new", "renovation"), "kind": kind,
            "capacity": np.nan if service == "ambulance" else 900.0,
            "capacity_unit": "" if service == "ambulance" else unit,
            "capacity_basis": "mean of group", "opens": years, "opens_basis": "end of period",
            "district": cells["district"].to_numpy()[at], "place": np.where(known, f"{hostile}мкр. Орбита", ""),
            "replaces": np.where(np.arange(count) == 0, "учреждение №2", ""),
            "site_district": cells["district"].to_numpy()[at],
            "precision": np.where(known, "microdistrict", "district"), "radius_m": 400.0, "alternatives": "",
            "status": np.where(known, "stated", "proposed"), "cost": 4200.0, "cost_basis": "mean of group", "owner": "state",
            "facility_id": "", "standing": np.where(status == "register", "stands", ""), "note": "", "site_status": status,
            "site_lon": np.where(has_site, cells["lon"].to_numpy()[at], np.nan),
            "site_lat": np.where(has_site, cells["lat"].to_numpy()[at], np.nan),
            "site_radius_m": np.where(has_site, 400.0, np.nan),
        }
    )  # fmt: skip


def _coverage(city, cells, norm, moments, costs):
    rows = []
    areas = [*city.districts.index, city.name]
    for key, series in costs.items():
        for moment, cost in zip(moments, series, strict=True):
            for reading in norm.readings:
                modes = [reading.mode, "straight"] if norm.unit == "m" else [reading.mode]
                for mode in modes:
                    factor = {"straight": 0.8, "drive": 0.7}.get(mode, 1.0)
                    for area in areas:
                        mine = (
                            np.ones(len(cells), bool)
                            if area == city.name
                            else (cells["district"] == area).to_numpy()
                        )
                        persons = cells["persons"].to_numpy()[mine]
                        share = persons[cost[mine] * factor <= reading.threshold].sum() / persons.sum()
                        row = {
                            "scenario": key, "moment": moment, "service": norm.name, "group": "total", "district": area,
                            "mode": mode, "threshold": reading.threshold, "threshold_unit": reading.unit,
                            "population": round(persons.sum()), "covered": round(share * persons.sum()), "unreachable": 0,
                            "share": round(share, 4), "share_low": np.nan, "share_high": np.nan,
                        }  # fmt: skip
                        rows.append(row)
                        if key.startswith("proposed") and mode != "straight":
                            spread = 0.0 if moment == "baseline" and norm.name != "ambulance" else 0.02
                            middle = share - spread
                            rows.append(row | {
                                "scenario": key.replace("proposed", "drawn"), "share": round(middle, 4),
                                "share_low": round(middle - spread / 2, 4), "share_high": round(middle + spread / 2, 4),
                            })  # fmt: skip
    return pd.DataFrame(rows)


def _effect(build, cells, norm, before, after):
    persons = cells["persons"].to_numpy()
    was, now = before <= norm.headline, after <= norm.headline
    gained, lost = persons[now & ~was].sum(), persons[was & ~now].sum()
    return {
        "build_id": build["build_id"], "service": norm.name, "opens": build["opens"], "step": 1,
        "newly_covered": round(gained - lost), "gained": round(gained), "lost": round(lost),
        "gain_alone": round(gained * 1.1),
        "loss_if_dropped": round(gained * 0.8), "low": round(gained * 0.3), "high": round(gained * 0.9),
        "mean_min_before": before.mean() / 80, "mean_min_after": after.mean() / 80,
        "district_most_helped": build["district"], "cost_per_newly_covered": 1e9 / gained if gained else np.nan,
    }  # fmt: skip
