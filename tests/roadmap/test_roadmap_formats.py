"""One document, five formats: the same tables."""

from __future__ import annotations

import csv
import datetime as dt
import random

import docx
import openpyxl
import pandas as pd
import pytest

from geoplan.errors import InputError
from geoplan.roadmap import read_roadmap
from geoplan.roadmap._cells import plain


def grid(text):
    return [[plain(cell) for cell in line.split("\t")] for line in text.split("\n")]


def as_csv(text, path, separator=","):
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=separator).writerows(grid(text))


def as_workbook(text, path):
    """Write a sheet as people do: money as numbers, headings and year captions merged."""
    book = openpyxl.Workbook()
    sheet = book.active
    for i, cells in enumerate(grid(text), 1):
        for k, cell in enumerate(cells, 1):
            if not cell:
                continue
            number = cell.replace(" ", "")
            spot = sheet.cell(i, k)
            spot.value = int(number) if k > 4 and number.isdecimal() else cell
            spot.number_format = "#,##0" if " " in cell and isinstance(spot.value, int) else "General"
            spot.data_type = "n" if isinstance(spot.value, int) else "s"
        filled = [k for k, cell in enumerate(cells, 1) if cell]
        if filled == [1] and len(cells) > 1:
            sheet.merge_cells(start_row=i, end_row=i, start_column=1, end_column=len(cells))
        if cells[0] == "№":
            for k in (5, 7, 9, 11, 13):
                sheet.merge_cells(start_row=i, end_row=i, start_column=k, end_column=k + 1)
    book.save(path)


def as_word(text, path):
    """Write lines with tabs as tables, the others as paragraphs; headings are merged over the row."""
    document = docx.Document()
    pending: list[list[str]] = []

    def flush():
        if not pending:
            return
        width = max(len(cells) for cells in pending)
        table = document.add_table(rows=len(pending), cols=width)
        for row, cells in zip(table.rows, pending, strict=True):
            places = row.cells
            filled = [k for k, cell in enumerate(cells) if cell]
            for k in filled:
                places[k].text = cells[k]
            if filled == [0]:
                places[0].merge(places[width - 1])
            elif cells[0] == "№":
                for k in (4, 6, 8, 10, 12):
                    places[k].merge(places[k + 1])
        pending.clear()

    for cells in grid(text):
        if len(cells) > 1:
            pending.append(cells)
        else:
            flush()
            document.add_paragraph(cells[0])
    flush()
    document.save(path)


WRITERS = {
    "comma.csv": as_csv,
    "semicolon.csv": lambda text, path: as_csv(text, path, ";"),
    "book.xlsx": as_workbook,
    "document.docx": as_word,
}


def same(first, second):
    pd.testing.assert_frame_equal(first.projects, second.projects)
    pd.testing.assert_frame_equal(first.builds, second.builds)
    # A Word table is as wide as its widest row: a row too short is whole there.
    rows = [
        table.findings[~table.findings.kind.eq("truncated")].reset_index(drop=True)
        for table in (first, second)
    ]
    pd.testing.assert_frame_equal(*rows)
    texts = [table.cells.text.map(plain).str.replace(" ", "") for table in (first, second)]
    pd.testing.assert_series_equal(*texts)


@pytest.mark.parametrize("name", WRITERS)
def test_the_small_document_is_the_same_in_every_format(name, small, small_text, tmp_path):
    path = tmp_path / name
    WRITERS[name](small_text, path)
    same(read_roadmap(path), small)


@pytest.mark.sources
@pytest.mark.parametrize("name", WRITERS)
def test_the_real_document_is_the_same_in_every_format(name, real, real_text, tmp_path):
    path = tmp_path / name
    WRITERS[name](real_text, path)
    same(read_roadmap(path), real)


def test_numbers_and_days_of_a_workbook_are_read_as_they_are_shown(tmp_path, small_text):
    path = tmp_path / "book.xlsx"
    as_workbook(small_text, path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    row = next(cell.row for cell in sheet["A"] if cell.value == "1.2")
    sheet.cell(row, 1).value = dt.date(2026, 2, 1)
    one = next(cell.row for cell in sheet["A"] if cell.value == "1.1")
    sheet.cell(one, 1).value = 1.10
    sheet.cell(one, 1).number_format = "0.00"
    book.save(path)
    assert {"1.2", "1.10"} <= set(read_roadmap(path).projects.project)


def test_columns_elsewhere_are_read_by_their_header(small, small_text, reread):
    """A column of remarks put in before the years moves the cells and is no reason to move them back."""
    lines = [line.split("\t") for line in small_text.split("\n")]
    wider = ["\t".join([*cells[:4], "", *cells[4:]] if len(cells) > 4 else cells) for cells in lines]
    # The line 1, 2, 3 under the header goes with the columns.
    found = reread("\n".join(wider))
    pd.testing.assert_frame_equal(found.projects, small.projects)
    assert "header" not in set(found.findings.kind)


@pytest.mark.parametrize("name", ["book.xlsx", "document.docx"])
def test_damaged_office_files_are_refused_in_one_line(name, small_text, tmp_path):
    path = tmp_path / name
    WRITERS[name](small_text, path)
    whole = path.read_bytes()
    for k in range(25):
        rng = random.Random(k)
        bad = bytearray(whole)
        for _ in range(rng.randrange(1, 40)):
            bad[rng.randrange(4, len(bad))] = rng.randrange(256)
        path.write_bytes(bytes(bad[: rng.randrange(10, len(bad))] if k % 2 else bad))
        try:
            read_roadmap(path)
        except InputError as error:
            assert "\n" not in str(error)


def test_other_files_are_refused(tmp_path):
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        read_roadmap(old)
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    with pytest.raises(InputError, match="is empty"):
        read_roadmap(tmp_path / "empty.xlsx")
    import zipfile

    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(InputError, match="neither"):
        read_roadmap(tmp_path / "other.zip")
