"""Audit: the sections of the index about the document - its promises beside the model, findings, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geoplan.maps._findings import said
from geoplan.scenario.astray import OFF_NETWORK

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.maps._languages import Languages, Words
    from geoplan.standards import Standards

__all__ = ["downloads", "findings", "promises"]

# Findings that change what a reader may conclude, weightiest first; the other kinds tell how the document was read.
_WEIGHTY = ("sum", "late", "count", "unnamed", "no_sums")
_SHOWN_OF_EACH = 3
# Files a reader wants first; the others follow by name.
_FIRST = (".xlsx", ".gpkg", ".csv", ".tif", ".png")
_KILO = 1024


def promises(table: pd.DataFrame | None, texts: Languages, standards: Standards) -> list[dict[str, Any]]:
    """Return the document's promises in its own words, each with what the model can say.

    Parameters
    ----------
    table
        promises.csv; None where the pages are written without a run's tables.
    """
    if table is None or table.empty:
        return []
    out = []
    for (promise, project, line, year), rows in table.groupby(
        ["promise", "project", "line", "year"], sort=False
    ):
        first = rows.iloc[0]
        out.append(
            {
                "name": texts(f"promise.{promise}"),
                "value": _amount(float(first["promised"]), str(first["unit"]), texts),
                "year": str(year),
                "text": str(first["text"]),
                "where": texts("index.where", project=str(project), line=str(line)),
                "answers": [_answer(row, texts, standards) for row in rows.to_dict("records")],
            }
        )
    # What the model can answer first, then the rest in the document's order.
    return sorted(out, key=lambda promise: not all(answer["computable"] for answer in promise["answers"]))


def findings(table: pd.DataFrame | None, texts: Languages) -> dict[str, Any] | None:
    """Return how many findings there are of each kind, and the weightiest: what they say, as far as it is translated."""
    if table is None:
        return None
    # What is off the network is no fault of the document: the notes of each service tell it.
    table = table[table["kind"] != OFF_NETWORK]
    if table.empty:
        return None
    counts = table["kind"].value_counts(sort=True)
    most = int(counts.max())
    kinds = sorted(counts.index, key=lambda kind: (_rank(str(kind)), -int(counts[kind]), str(kind)))
    weighty = [
        row
        for kind in _WEIGHTY
        for row in table[table["kind"] == kind].head(_SHOWN_OF_EACH).to_dict("records")
    ]
    return {
        "total": texts.plural("index.audit_total", len(table)),
        "kinds": [
            {
                "name": texts(f"finding.{kind}") if f"finding.{kind}" in texts else texts.plain(str(kind)),
                "count": texts.number(int(counts[kind])),
                "width": f"{100 * int(counts[kind]) / most:.1f}",
                "weighty": kind in _WEIGHTY,
            }
            for kind in kinds
        ],
        "top": [
            {
                "where": texts("index.where", project=str(row["project"]), line=str(row["line"]))
                if not pd.isna(row["project"]) and row["project"]
                else texts("index.where_line", line=str(row["line"])),
                "message": said(str(row["message"]), texts),
                "written": str(row["message"]),
            }
            for row in weighty
        ],
    }


def downloads(folder: Path, texts: Languages) -> list[dict[str, Any]]:
    """Return the files of data/ and pictures/ in a folder with their sizes, the workbook first."""
    files = [
        path for part in ("data", "pictures") for path in sorted((folder / part).glob("*")) if path.is_file()
    ]
    files.sort(
        key=lambda path: (_FIRST.index(path.suffix) if path.suffix in _FIRST else len(_FIRST), path.name)
    )
    out = []
    for path in files:
        key = f"file.{_key(path)}"
        out.append(
            {
                "href": f"{path.parent.name}/{path.name}",
                "name": path.name,
                "size": _size(path.stat().st_size, texts),
                "what": texts(key) if key in texts else None,
            }
        )
    return out


def _key(path: Path) -> str:
    """The text that describes a file: by its name; pictures and surfaces by their kind."""
    if path.suffix in {".xlsx", ".gpkg", ".tif", ".png"}:
        return path.suffix[1:]
    return path.stem


def _rank(kind: str) -> int:
    return _WEIGHTY.index(kind) if kind in _WEIGHTY else len(_WEIGHTY)


def _answer(row: dict[Any, Any], texts: Languages, standards: Standards) -> dict[str, Any]:
    if not row["computable"]:
        return {"computable": False, "text": texts(f"reason.{row['reason']}")}
    unit = str(row["modelled_unit"])
    value = _amount(float(row["modelled"]), unit, texts)
    if not pd.isna(row["low"]):
        ends = {name: texts.count(float(row[name])) for name in ("low", "high")}
        value = texts("index.value_range", value=value, **ends)
    reach = texts("unit.m", value=texts.number(standards.capacity.school_reach.value))
    told = texts.plain("") if pd.isna(row["as_of"]) else texts.dated(str(row["as_of"]))
    text = texts(
        f"measure.{row['measure']}",
        date=told,
        value=value,
        project=str(row["project"]),
        year=str(row["year"]),
        reach=reach,
    )
    return {"computable": True, "text": text}


def _amount(value: float, unit: str, texts: Languages) -> Words:
    if unit == "%":
        return texts.percent(value / 100, 0)
    if unit == "persons":
        return texts.people(value)
    return texts.plural(f"amount.{unit}", value)


def _size(count: int, texts: Languages) -> Words:
    if count >= _KILO**2:
        return texts("size.mega", value=texts.number(count / _KILO**2, 1))
    return texts("size.kilo", value=texts.number(max(1, count / _KILO)))
