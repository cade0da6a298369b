"""The document as lines of cells, whatever it was saved as: tab-separated text, CSV, a workbook, a Word document."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geoplan.errors import InputError
from geoplan.roadmap._text import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Source", "read_source"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
# What damaged archives and their XML raise in openpyxl, python-docx, lxml and zipfile.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    SyntaxError, RuntimeError, OSError,
)  # fmt: skip
_DECIMALS = re.compile(r"[#0, ]*0\.(0+)")
_GROUPED = re.compile(r"[#0]*[, ]##0")
_PERCENT = re.compile(r"0(?:\.0+)?%")
_SOFT_BREAK = str.maketrans({"\n": " ", "\r": " ", "\v": " ", "\t": " "})


class Source(NamedTuple):
    """Number and cells of each line, and whether the file ends inside a character."""

    lines: list[tuple[int, list[str]]]
    cut: bool


def read_source(path: Path) -> Source:
    """Read a document into lines of cells.

    Parameters
    ----------
    path
        .txt or .tsv (tab-separated), .csv (comma or semicolon), .xlsx or .docx; the two last are known by content.

    Returns
    -------
    Source
        The text of the upper left cell of merged ones stands in that cell, the others are blank. Lines are numbered as
        in the file: rows of the sheet (the sheets one after another), or paragraphs and table rows of a Word document.

    Raises
    ------
    InputError
        If the file is missing, no such document, damaged or empty; one line that names it.
    """
    path = Path(path)
    start = _start(path)
    if start == _OLD_OFFICE:
        msg = f"{path}: an old Office file; save it as .xlsx or .docx"
        raise InputError(msg)
    if start == _ZIP:
        lines = _office(path)
        if not any(text.strip() for _, cells in lines for text in cells):
            msg = f"{path}: is empty"
            raise InputError(msg)
        return Source(lines, cut=False)
    text, cut = read_text(path)
    if path.suffix.lower() == ".csv":
        return Source(_csv(text, path), cut)
    return Source([(i, line.split("\t")) for i, line in enumerate(text.split("\n"), 1)], cut)


def _start(path: Path) -> bytes:
    """First bytes of a file; none where it cannot be opened, which `read_text` then tells."""
    try:
        with path.open("rb") as handle:
            return handle.read(4)
    except (OSError, ValueError):
        return b""


def _csv(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """Read CSV: the separator is the one of comma, semicolon and tab that the header line has most of."""
    header = next((line for line in text.split("\n") if "Наименование" in line), text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    lines: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for cells in reader:
            lines.append((begin, cells or [""]))
            begin = reader.line_num + 1
    except csv.Error as error:
        msg = f"{path}: line {begin}: is not CSV: {error}"
        raise InputError(msg) from error
    return lines


def _office(path: Path) -> list[tuple[int, list[str]]]:
    from docx.opc.exceptions import OpcError
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            return _sheets(path)
        if "word/document.xml" in names:
            return _paragraphs(path)
    except (*_DAMAGED, OpcError, InvalidFileException) as error:
        msg = f"{path}: a damaged Office file: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        raise InputError(msg) from error
    msg = f"{path}: neither a workbook (.xlsx) nor a Word document (.docx)"
    raise InputError(msg)


def _sheets(path: Path) -> list[tuple[int, list[str]]]:
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    formulas = openpyxl.load_workbook(path)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    for sheet in book.worksheets:
        told = formulas[sheet.title]
        for row in sheet.iter_rows():
            # A formula that was never computed stays a formula: it is then reported as no number.
            texts = [_cell_text(cell, told.cell(cell.row, cell.column).value) for cell in row]
            lines.append((before + row[0].row, texts or [""]))
        before += sheet.max_row
    return lines


def _cell_text(cell: Any, formula: object) -> str:
    value = cell.value if cell.value is not None else formula
    if isinstance(value, dt.datetime | dt.date):
        # A row number that the program took for a day: 1.2 became 1 February.
        return f"{value.day}.{value.month}" if cell.column == 1 else f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        shape = str(cell.number_format)
        if _PERCENT.fullmatch(shape):
            return f"{round(value * 100, 6):g}%"
        decimals = _DECIMALS.fullmatch(shape) if cell.column == 1 else None
        whole = str(int(value)) if float(value).is_integer() else repr(value)
        if _GROUPED.search(shape) and whole.isdecimal():
            whole = f"{int(value):,}".replace(",", " ")
        return f"{value:.{len(decimals[1])}f}" if decimals else whole
    return "" if value is None else str(value).translate(_SOFT_BREAK)


def _paragraphs(path: Path) -> list[tuple[int, list[str]]]:
    import docx
    from docx.table import Table

    lines: list[tuple[int, list[str]]] = []
    for item in docx.Document(str(path)).iter_inner_content():
        if isinstance(item, Table):
            lines += [(len(lines) + 1 + i, cells) for i, cells in enumerate(_table_rows(item))]
        else:
            # A tab in a paragraph separates cells, as in the text edition.
            lines.append((len(lines) + 1, item.text.replace("\n", " ").split("\t")))
    return lines


def _table_rows(table: Any) -> Iterator[list[str]]:
    """Cells of each row; a merged cell keeps its text in its first place."""
    above: set[Any] = set()
    for row in table.rows:
        cells = [""] * row.grid_cols_before
        here: set[Any] = set()
        for cell in row.cells:
            fresh = cell._tc not in above and cell._tc not in here  # noqa: SLF001
            cells.append(cell.text.translate(_SOFT_BREAK) if fresh else "")
            here.add(cell._tc)  # noqa: SLF001
        above = here
        yield cells or [""]
