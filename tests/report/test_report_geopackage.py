"""geoplan.gpkg: layers with the plans' own figures, a default style each, the same bytes again."""

import contextlib
import sqlite3
import time
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

from geoplan.report import write_geopackage
from geoplan.report.palette import UNREACHABLE_COLOUR, class_colours


@pytest.fixture(scope="module")
def path(tables, plans, tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "geoplan.gpkg"
    write_geopackage(tables, plans, path)
    return path


@pytest.fixture(scope="module")
def styles(path):
    with contextlib.closing(sqlite3.connect(path)) as base:
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    return [
        (layer, column, name, ET.fromstring(qml.split("\n", 1)[1]), default)
        for layer, column, name, qml, default in rows
    ]


def test_cells_carry_every_services_class_before_and_after(path, plans):
    cells = gpd.read_file(path, layer="cells")
    assert cells["persons"].to_numpy() == pytest.approx(plans[0].cells["persons"].to_numpy())
    for plan in plans:
        name = plan.service.name
        assert cells[f"{name}_before"].tolist() == plan.views["proposed"][0].tolist()
        assert cells[f"{name}_after"].tolist() == plan.views["proposed"][-1].tolist()
        assert cells[f"{name}_after_placed"].tolist() == plan.views["placed"][-1].tolist()
    squares = cells.to_crs(32643)
    assert squares.area.to_numpy() == pytest.approx(np.full(len(cells), 10_000), rel=1e-3)
    centres = squares.centroid
    assert centres.x.to_numpy() == pytest.approx(plans[0].cells["x"].to_numpy(), abs=0.1)


def test_districts_carry_shares_and_people_left_out(path, plans):
    districts = gpd.read_file(path, layer="districts").set_index("district")
    for plan in plans:
        reading = plan.service.headline_reading
        table = plan.coverage()
        table = table[(table["mode"] == reading.mode) & (table["threshold"] == reading.threshold)]
        table = table[table["scenario"] == "drawn"]
        after = table[table["moment"] == plan.moments[-1]].set_index("district")
        for slug, row in districts.iterrows():
            assert row[f"{plan.service.name}_after"] == after.at[slug, "share"]
            left = after.at[slug, "population"] - after.at[slug, "covered"]
            assert row[f"{plan.service.name}_left_out"] == left


def test_rows_without_a_place_stay_and_have_no_point(path, tables):
    for name in ("builds", "facilities"):
        layer, table = gpd.read_file(path, layer=name), tables[name]
        assert len(layer) == len(table)
        placed = table["lon"].notna().to_numpy()
        assert (~layer.geometry.isna()).to_numpy().tolist() == placed.tolist()
        assert 0 < placed.sum() < len(table)
        assert layer.geometry[placed].x.to_numpy() == pytest.approx(
            table["lon"].to_numpy(dtype=float)[placed]
        )
    assert set(gpd.read_file(path, layer="builds")["status"]) == {"stated", "proposed"}


def test_every_layer_has_one_default_style_on_a_column_it_has(path, styles):
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    assert set(layers) == {"cells", "districts", "builds", "facilities"}
    for layer in layers:
        mine = [style for style in styles if style[0] == layer]
        assert sum(default for *_, default in mine) == 1, layer
        columns = set(pyogrio.read_info(path, layer=layer)["fields"])
        for _, geometry, name, qml, _ in mine:
            assert geometry == pyogrio.read_info(path, layer=layer)["geometry_name"]
            renderer = qml.find("renderer-v2")
            assert renderer.get("attr") in columns, name
            classes = renderer.findall(".//category") + renderer.findall(".//range")
            symbols = {symbol.get("name") for symbol in renderer.findall(".//symbol")}
            assert classes, name
            assert {entry.get("symbol") for entry in classes} == symbols


def test_styles_colour_each_class_as_the_pages_do(styles, plans):
    plan = next(plan for plan in plans if plan.service.name == "school")
    qml = next(
        q
        for layer, _, _, q, _ in styles
        if layer == "cells" and q.find("renderer-v2").get("attr") == "school_after"
    )
    colours = {}
    for entry in qml.iter("category"):
        symbol = qml.find(f".//symbol[@name='{entry.get('symbol')}']")
        red, green, blue, _ = symbol.find(".//Option[@name='color']").get("value").split(",")
        colours[int(entry.get("value"))] = f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
    expected = dict(enumerate(class_colours(plan.breaks, plan.threshold))) | {255: UNREACHABLE_COLOUR}
    assert colours == expected


def test_the_classes_are_told_in_a_table_of_their_own(path, plans):
    bands = pyogrio.read_dataframe(path, layer="bands")
    mine = bands[bands["service"] == "school"].set_index("code")
    plan = next(plan for plan in plans if plan.service.name == "school")
    assert mine.loc[range(len(plan.breaks)), "up_to"].tolist() == plan.breaks
    assert mine.at[1, "label"] == "300–500 м"
    assert mine.at[255, "label"] == "нет пути в данных"


def test_whose_layers_and_what_the_thresholds_rest_on_stand_in_the_file(path, plans):
    sources = pyogrio.read_dataframe(path, layer="sources").set_index("file")
    assert sources.at["streets.parquet", "vintage"] == "about 2022"
    assert sources.at["streets.parquet", "origins"] == "OpenStreetMap contributors"
    told = pyogrio.read_dataframe(path, layer="thresholds").set_index("service")
    for plan in plans:
        row, figure = told.loc[plan.service.name], plan.service.headline_figure
        assert (row["threshold"], row["unit"]) == (plan.threshold, plan.service.unit)
        assert (row["basis"], row["source"]) == (figure.basis, figure.source)


def test_the_same_plans_give_the_same_bytes_and_leave_gdal_as_it_was(path, tables, plans, tmp_path):
    time.sleep(1.1)
    other = tmp_path / "again.gpkg"
    write_geopackage(tables, plans, other)
    assert other.read_bytes() == path.read_bytes()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
    assert [file.name for file in tmp_path.iterdir()] == ["again.gpkg"]
