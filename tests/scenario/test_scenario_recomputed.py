"""Almaty's coverage worked out again by networkx, shapely and rasterio from the layers' files, without geoplan's engine."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from geoplan._shipped import shipped_layers
from geoplan.city import open_city
from geoplan.scenario import timeline

LAYERS = Path(shipped_layers())
ALMATY = LAYERS / "almaty"
FIGURES = tomllib.loads((LAYERS / "standards.toml").read_text(encoding="utf-8"))
WALK = FIGURES["speeds"]["walk"]["default"] / 3.6
DISTRICTS = ["alatau", "almaly", "auezov", "bostandyk", "medeu", "nauryzbay", "turksib", "zhetysu", "almaty"]


@pytest.fixture(scope="module")
def streets():
    return gpd.read_parquet(ALMATY / "streets.parquet").to_crs("EPSG:32643")


@pytest.fixture(scope="module")
def people():
    """A point per populated cell of the raster, with its persons and district."""
    with rasterio.open(ALMATY / "population.tif") as grid:
        persons = grid.read(1, masked=True).filled(0)
        row, col = np.nonzero(persons > 0)
        x, y = rasterio.transform.xy(grid.transform, row, col)
    cells = gpd.GeoDataFrame(
        {"persons": persons[row, col]}, geometry=gpd.points_from_xy(x, y, crs="EPSG:32643")
    )
    districts = gpd.read_file(ALMATY / "districts.geojson").to_crs("EPSG:32643")[["district", "geometry"]]
    inside = gpd.sjoin_nearest(cells, districts, how="left")
    return inside[~inside.index.duplicated()]


def costs_of(streets, mode):
    """What passing each street costs, and a metre beside it: seconds for a crew, metres on foot."""
    if mode == "walk":
        return streets["length_m"], 1.0
    table = FIGURES["speeds"]["emergency"]
    speed = streets["highway"].map(lambda kind: table.get(kind, table["default"]))
    return streets["length_m"] / (speed / 3.6), 1 / WALK


def on_street(streets, points):
    """Street under each point, metres to it and share of the street before it; far points are left out."""
    near = gpd.sjoin_nearest(
        points[["geometry"]], streets[["geometry"]], max_distance=500, distance_col="off"
    )
    near = near.sort_values("index_right")
    near = near[~near.index.duplicated()].sort_index()
    lines = streets.geometry.loc[near["index_right"]].to_numpy()
    return near.assign(share=shapely.line_locate_point(lines, near.geometry.to_numpy(), normalized=True))


def nearest(streets, points, places, mode):
    """Cost between each point and the nearest place: from the place for a crew, to it on foot. inf where there is no way."""
    used = streets[streets["drive" if mode == "emergency" else "walk"]]
    cost, beside = costs_of(used, mode)
    graph = nx.DiGraph()

    def join(a, b, weight):
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > weight:
            graph.add_edge(a, b, weight=weight)

    one_way = used["oneway"] if mode == "emergency" else pd.Series(data=False, index=used.index)
    for u, v, weight, shut in zip(used["u"], used["v"], cost, one_way, strict=True):
        join(u, v, weight)
        if not shut:
            join(v, u, weight)
    starts, ends = on_street(used, places), on_street(used, points)
    for i, place in starts.iterrows():
        at, whole = place["index_right"], cost[place["index_right"]]
        join("any", ("place", i), place["off"] * beside)
        join(("place", i), used["v"][at], (1 - place["share"]) * whole)
        if not one_way[at]:
            join(("place", i), used["u"][at], place["share"] * whole)
    time = nx.single_source_dijkstra_path_length(graph, "any")
    at, share = ends["index_right"], ends["share"]
    whole = cost.loc[at].to_numpy()
    from_u = used["u"].loc[at].map(time).fillna(np.inf).to_numpy() + share.to_numpy() * whole
    from_v = used["v"].loc[at].map(time).fillna(np.inf).to_numpy() + (1 - share.to_numpy()) * whole
    from_v[one_way.loc[at].to_numpy()] = np.inf
    best = np.minimum(from_u, from_v)
    for _, place in starts.iterrows():
        # a place on the very street: straight along it, if the direction allows
        ahead = share.to_numpy() - place["share"]
        along = np.abs(ahead) * whole + place["off"] * beside
        allowed = (at == place["index_right"]).to_numpy() & ((ahead >= 0) | ~one_way[place["index_right"]])
        best = np.where(allowed, np.minimum(best, along), best)
    out = pd.Series(np.inf, index=points.index)
    out[ends.index] = best + ends["off"].to_numpy() * beside
    return out


def placed(service):
    """What stood at the end of 2022 and has a place, from the layer's own file."""
    rows = gpd.read_parquet(ALMATY / "facilities.parquet").to_crs("EPSG:32643")
    rows = rows[(rows["service"] == service) & ~(rows.geometry.isna() | rows.geometry.is_empty)]
    opens = rows["opens"].astype(str).str.extract(r"(\d{4})", expand=False).astype(float)
    closes = rows["closes"].astype(str).str.extract(r"(\d{4})", expand=False).astype(float)
    return rows[~(opens > 2022) & ~(closes <= 2022)]


def one_by_one(places):
    return [places.iloc[[at]] for at in range(len(places))]


def uneven(cost, persons):
    """Gini by the area under the Lorenz curve, and the mean of the tenth of the people who have it worst."""
    order = np.argsort(cost)
    cost, persons = cost[order].astype(float), persons[order].astype(float)
    part, total = np.cumsum(persons) / persons.sum(), np.cumsum(cost * persons) / (cost @ persons)
    area = np.trapezoid(np.concatenate([[0], total]), np.concatenate([[0], part]))
    start = np.concatenate([[0], part[:-1]])
    share = np.clip(part - np.maximum(start, 0.9), 0, None)
    return 1 - 2 * area, cost @ share / share.sum()


def summed(people, chosen):
    by = people["persons"].where(chosen, 0).groupby(people["district"]).sum()
    return pd.concat([by, pd.Series({"almaty": by.sum()})])[DISTRICTS]


@pytest.mark.parametrize(("service", "mode"), [("ambulance", "emergency"), ("polyclinic", "walk")])
def test_another_engine_finds_the_same_people_within_reach(streets, people, service, mode):
    city = open_city("almaty")
    plan = timeline(city, city.builds.iloc[:0], service=service)
    cost = nearest(streets, people, placed(service), mode)
    before = (
        60 * (FIGURES["services"]["ambulance"]["call_handling"]["value"] + 1) if service == "ambulance" else 0
    )
    rows = plan.coverage().query("moment == 'baseline' and scenario == 'placed' and mode != 'straight'")
    asked = {("response", 10.0): 600 - before, ("drive", 15.0): 900, ("network", 1000.0): 1000}
    told = 0
    for (reading, threshold), of_reading in rows.groupby(["mode", "threshold"]):
        if (reading, threshold) not in asked:
            continue
        told += 1
        part = of_reading.set_index("district").loc[DISTRICTS]
        found = summed(people, cost.round(2) <= asked[reading, threshold])
        assert part["covered"].tolist() == pytest.approx(found.tolist(), abs=1)
        assert part["unreachable"].tolist() == pytest.approx(summed(people, np.isinf(cost)).tolist(), abs=1)
        reached = people[np.isfinite(cost)]
        way = np.average(cost[reached.index], weights=reached["persons"])
        mean = (
            (way + (before if reading == "response" else 0)) / 60 if mode == "emergency" else way / WALK / 60
        )
        assert part.loc["almaty", "mean_min"] == pytest.approx(mean, abs=0.01)
        for column, share in (("median_min", 0.5), ("p90_min", 0.9)):
            shown = part.loc["almaty", column] * 60
            shown = shown - (before if reading == "response" else 0) if mode == "emergency" else shown * WALK
            below, within = (summed(reached, cost[reached.index] <= shown + off)["almaty"] for off in (-1, 1))
            assert below <= share * reached["persons"].sum() <= within
    shown = (cost + before) / 60 if mode == "emergency" else cost
    expected = uneven(shown[np.isfinite(cost)].to_numpy(), people["persons"][np.isfinite(cost)].to_numpy())
    table = plan.measures().query("moment == 'baseline' and scenario == 'placed' and district == 'almaty'")
    value = table.set_index("measure")["value"]
    assert value["gini"] == pytest.approx(expected[0], abs=2e-4)
    assert value["worst_tenth_mean"] == pytest.approx(expected[1], rel=1e-3)
    if service == "ambulance":
        each = [nearest(streets, people, place, mode) for place in one_by_one(placed(service))]
        twice = (np.stack(each).round(2) <= 600 - before).sum(axis=0) >= 2
        assert value["redundant"].iloc[0] == pytest.approx(people["persons"][twice].sum(), abs=1)
    assert told == (2 if service == "ambulance" else 1)
