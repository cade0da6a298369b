"""Workbook: the tables of a run in one Excel file, with a read-me sheet first."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from geoplan.files import whole
from geoplan.report._formats import number_format, width
from geoplan.report._words import Words, load_words
from geoplan.report.layer_words import layer_titles, layer_words
from geoplan.report.standards import standards_table

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from geoplan.city import City
    from geoplan.standards import Standards

__all__ = ["sources_table", "write_workbook"]

# Sheets in the order a reader wants them; tables not named come after.
_ORDER = (
    "promises",
    "coverage",
    "effects",
    "gaps",
    "measures",
    "builds",
    "facilities",
    "findings",
    "projects",
)
_LANGUAGE = "ru"  # of the book
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN = re.compile(r"[^\W_][^\x00-\x1f]{0,999}\Z")
_LONGEST = 32_767  # characters of one cell, a limit of the format
# A file's own time would make two runs differ; the format's first day stands for "no time".
_NO_TIME = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - ZIP and Excel know no zone
_NAMED = ("stated", "register", "proposed", "drawn", "placed")
_BOLD, _LARGE, _LINK = Font(bold=True), Font(bold=True, size=14), Font(color="1C5FA8", underline="single")
_HEAD = PatternFill("solid", fgColor="DBE6EF")
_WRAP = Alignment(wrap_text=True, vertical="top")


def write_workbook(
    tables: dict[str, pd.DataFrame], path: Path, *, city: City, standards: Standards, document: str
) -> None:
    """Write geoplan.xlsx: a read-me sheet, then a sheet per table with frozen headers, filters and number formats.

    Text that Excel would take for a formula is stored as text and marked as quoted. The same tables give the same bytes.

    Parameters
    ----------
    tables
        Tables of the run by name; names are those of data/*.csv.
    path
        The file to write, whole or not at all.
    city
        Whose layers they were made from: their vintage, sources and licences have a sheet.
    standards
        Norms, conventions and assumptions, which have a sheet.
    document
        Name of the roadmap document.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    words = load_words()
    names = [name for name in _ORDER if name in tables] + [name for name in tables if name not in _ORDER]
    sheets = {name: tables[name] for name in names}
    sheets |= {
        "sources": sources_table(city.package, _LANGUAGE),
        "standards": standards_table(standards, _LANGUAGE),
    }
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "geoplan"
    book.properties.created = _NO_TIME
    readme = _Readme(book.create_sheet(words("readme.sheet")), words)
    name = str((city.package.get("names") or {}).get("ru") or city.name)
    readme.write(sheets, city=name, document=document, draws=int(standards.draws.count.value))
    for name, table in sheets.items():
        _write_sheet(book.create_sheet(name), table, words)
    raw = io.BytesIO()
    book.save(raw)
    with whole(path) as temporary:
        temporary.write_bytes(_timeless(raw.getvalue()))


def sources_table(package: dict[str, Any], language: str = "en") -> pd.DataFrame:
    """Return what each layer is, its vintage, origins and licence, from datapackage.json.

    `language`: of titles, vintages and origins, as far as they are translated.
    """
    words, titles = layer_words(language), layer_titles(language)

    def told(text: object) -> str:
        return words.get(str(text), str(text))

    return pd.DataFrame(
        [
            {
                "file": resource["path"],
                "title": titles.get(title := str(resource.get("title", "")), title),
                "vintage": told(resource.get("vintage", "")),
                "origins": "; ".join(told(origin.get("title", "")) for origin in resource.get("sources", [])),
                "licence": "; ".join(str(item.get("name", "")) for item in resource.get("licenses", [])),
            }
            for resource in package["resources"]
        ]
    )


def _write_sheet(sheet: WriteOnlyWorksheet, table: pd.DataFrame, words: Words) -> None:
    columns = [str(column) for column in table.columns]
    sheet.freeze_panes = "B2" if len(columns) > 3 else "A2"
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width(column)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{len(table) + 1}"
    sheet.append([_styled(sheet, column, font=_BOLD, fill=_HEAD) for column in columns])
    formats = [number_format(column, whole=_is_whole(table.iloc[:, k])) for k, column in enumerate(columns)]
    # A row is written as it is appended: one cell a column serves all rows, its style looked up once.
    numbers = [_number(sheet, form) for form in formats]
    for row in table.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value, number, words) for value, number in zip(row, numbers, strict=True)])


def _is_whole(column: pd.Series) -> bool:
    if column.dtype.kind in "iub":
        return True
    known = pd.to_numeric(column, errors="coerce").dropna()
    return bool((known == known.round()).all())


def _number(sheet: WriteOnlyWorksheet, form: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.number_format = form
    return cell


def _cell(
    sheet: WriteOnlyWorksheet, value: object, number: WriteOnlyCell, words: Words
) -> WriteOnlyCell | str | None:
    """A cell whose type is that of the value: number, truth, text; None where nothing is known."""
    if value is None or value is pd.NA or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, bool | np.bool_):
        return WriteOnlyCell(sheet, bool(value))
    if isinstance(value, int | np.integer | float | np.floating):
        number.value = value.item() if isinstance(value, np.generic) else value
        return number
    text = str(value)
    if _PLAIN.match(text):
        return text  # a third of the time of a cell with a style of its own
    return _text(sheet, text, words) if text else None


def _text(sheet: WriteOnlyWorksheet, text: str, words: Words) -> WriteOnlyCell:
    """Text as text: whatever it starts with, it is no formula; characters that XML cannot hold are shown as unknown."""
    clean = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    if len(clean) > _LONGEST:
        clean = clean[: _LONGEST - len(words("readme.cut"))] + words("readme.cut")
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"
    if clean.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _styled(sheet: WriteOnlyWorksheet, text: str, **styles: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    for name, style in styles.items():
        setattr(cell, name, style)
    return cell


class _Readme:
    """The first sheet: what the book is, how to read it, what each sheet and column means."""

    def __init__(self, sheet: WriteOnlyWorksheet, words: Words) -> None:
        self.sheet, self.words = sheet, words
        for letter, size in (("A", 24.0), ("B", 30.0), ("C", 110.0)):
            sheet.column_dimensions[letter].width = size

    def write(self, sheets: dict[str, pd.DataFrame], *, city: str, document: str, draws: int) -> None:
        say = self.words
        self._line(say("readme.title", city=city), font=_LARGE)
        self._line(say("readme.about", version=metadata.version("geoplan"), document=document))
        self._heading(say("readme.read"))
        for key in ("stated", "register", "proposed", "drawn", "placed", "population", "empty", "formula"):
            text = say(f"readme.{key}", draws=draws)
            name, _, meaning = text.partition(" — ") if key in _NAMED else ("", "", text)
            self._row(name, "", meaning, alignment=_WRAP)
        self._heading(say("readme.sheets"))
        self._row(
            say("readme.sheet_name"),
            say("readme.sheet_rows"),
            say("readme.sheet_what"),
            font=_BOLD,
            fill=_HEAD,
        )
        for name, table in sheets.items():
            link = _styled(self.sheet, name, font=_LINK)
            link.hyperlink = f"#'{name}'!A1"
            rows = WriteOnlyCell(self.sheet, len(table))
            what = _styled(self.sheet, say.find(f"sheets.{name}") or "", alignment=_WRAP)
            self.sheet.append([link, rows, what])
        self._heading(say("readme.columns"))
        self._row(
            say("readme.column_name"),
            say("readme.column_sheet"),
            say("readme.column_what"),
            font=_BOLD,
            fill=_HEAD,
        )
        for column, where in _where(sheets).items():
            self._row(column, ", ".join(where), say.find(f"columns.{column}") or "", alignment=_WRAP)

    def _heading(self, text: str) -> None:
        self.sheet.append([])
        self._line(text, font=_BOLD)

    def _line(self, text: str, **styles: Any) -> None:
        self.sheet.append([_styled(self.sheet, text, **styles)])

    def _row(self, *texts: str, **styles: Any) -> None:
        self.sheet.append([_styled(self.sheet, text, **styles) for text in texts])


def _where(sheets: dict[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Each column and the sheets that have it, in the order met."""
    out: dict[str, list[str]] = {}
    for name, table in sheets.items():
        for column in map(str, table.columns):
            out.setdefault(column, []).append(name)
    return out


def _timeless(book: bytes) -> bytes:
    """The same archive with one fixed time in every entry and in the core properties."""
    out = io.BytesIO()
    stamp = _NO_TIME.strftime("%Y-%m-%dT%H:%M:%SZ")
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)",
                    rb"\g<1>" + stamp.encode() + rb"\g<3>",
                    content,
                )
            entry = zipfile.ZipInfo(name, date_time=_NO_TIME.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, content)
    return out.getvalue()
