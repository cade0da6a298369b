"""geoplan.xlsx: the same values as the tables, text never a formula, the same bytes again."""

import time

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geoplan.errors import OutputError
from geoplan.report import write_workbook


@pytest.fixture(scope="module")
def path(tables, plans, standards, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "geoplan.xlsx"
    write_workbook(tables, path, city=plans[0].city, standards=standards, document="roadmap.txt")
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def test_every_table_is_a_sheet_with_its_very_values(tables, book):
    for name, table in tables.items():
        sheet = book[name]
        head, *rows = sheet.iter_rows(values_only=True)
        assert list(head) == list(table.columns), name
        assert len(rows) == len(table), name
        for row, expected in zip(rows, table.itertuples(index=False, name=None), strict=True):
            for cell, value in zip(row, expected, strict=True):
                if (
                    value is None
                    or value is pd.NA
                    or value == ""
                    or (isinstance(value, float) and np.isnan(value))
                ):
                    assert cell is None
                elif isinstance(value, str):
                    assert cell == value
                else:
                    # fifteen digits are what the format keeps
                    assert cell == pytest.approx(value, rel=1e-14), (name, cell, value)


def test_headers_are_frozen_and_filtered_and_numbers_have_formats(tables, book):
    for name, table in tables.items():
        sheet = book[name]
        assert sheet.freeze_panes in ("A2", "B2"), name
        assert sheet.auto_filter.ref.endswith(str(len(table) + 1)), name
    sheet = book["coverage"]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, at["share"]).number_format == "0.0%"
    assert sheet.cell(2, at["population"]).number_format == "#,##0"
    builds = {cell.value: cell.column for cell in book["builds"][1]}
    assert book["builds"].cell(2, builds["opens"]).number_format == "0"
    assert book["builds"].cell(2, builds["lon"]).number_format == "0.000000"


def test_text_that_looks_like_a_formula_is_text(book):
    found = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, (sheet.title, cell.coordinate, cell.value)
                    found.append(cell.value)
    assert any(text.startswith("=HYPERLINK") for text in found)
    assert {"@школы", "+250 млн", "-"} <= set(found)


def test_characters_that_a_workbook_cannot_hold_are_shown_as_unknown_and_long_text_says_it_is_cut(
    plans, standards, tmp_path
):
    table = pd.DataFrame({"name": ["a\x00b", "x" * 40_000, "=\x01" + "y" * 40_000]})
    path = tmp_path / "odd.xlsx"
    write_workbook({"odd": table}, path, city=plans[0].city, standards=standards, document="d")
    one, two, three = (
        row[0] for row in openpyxl.load_workbook(path)["odd"].iter_rows(min_row=2, values_only=True)
    )
    assert one == "a\ufffdb"
    assert len(two) == 32_767
    assert "обрезано" in two[-60:]
    assert three.startswith("=\ufffdyyy")


def test_the_read_me_sheet_comes_first_and_tells_of_every_sheet_source_and_figure(tables, book, standards):
    assert book.sheetnames[0] == "Описание"
    told = "\n".join(
        str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell
    )
    for name in [*tables, "sources", "standards"]:
        assert f"\n{name}\n" in told
    assert "не решение города" in told
    assert "roadmap.txt" in told
    figures = {row[0]: row for row in book["standards"].iter_rows(min_row=2, values_only=True)}
    assert figures["draws.count"][1] == standards.draws.count.value
    assert figures["services.school.thresholds[0]"][1:4] == (500, "м", "planning convention")
    assert figures["speeds.emergency.motorway"][1] == 90
    sources = [row[0] for row in book["sources"].iter_rows(min_row=2, values_only=True)]
    assert sources == ["streets.parquet", "population.tif"]


def test_the_same_tables_give_the_same_bytes(path, tables, plans, standards, tmp_path):
    time.sleep(2.1)  # an archive keeps times to two seconds
    other = tmp_path / "again.xlsx"
    write_workbook(tables, other, city=plans[0].city, standards=standards, document="roadmap.txt")
    assert other.read_bytes() == path.read_bytes()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tables, plans, standards, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_workbook(
            tables, tmp_path / "file" / "geoplan.xlsx", city=plans[0].city, standards=standards, document="d"
        )


def test_every_column_that_a_run_writes_is_explained():
    from geoplan.report._words import load_words
    from geoplan.report.promises import PROMISE_COLUMNS
    from geoplan.roadmap.builds import BUILD_COLUMNS
    from geoplan.roadmap.projects import PROJECT_COLUMNS
    from geoplan.scenario import coverage, effects, gaps, yearly

    columns = {*PROMISE_COLUMNS, *BUILD_COLUMNS, *PROJECT_COLUMNS}
    columns |= {*coverage.COLUMNS, *effects.COLUMNS, *gaps.COLUMNS, *yearly.COLUMNS}
    words = load_words()
    assert {name for name in columns if not words.find(f"columns.{name}")} == set()
