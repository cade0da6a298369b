"""The roadmap document: read into projects, builds and findings; written as four tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geoplan.errors import InputError
from geoplan.files import write_csv
from geoplan.roadmap._checks import Finding, check_rows, check_totals
from geoplan.roadmap._lines import split_lines
from geoplan.roadmap._rows import align_rows
from geoplan.roadmap._source import read_source
from geoplan.roadmap._table import typed_table
from geoplan.roadmap.builds import builds_table
from geoplan.roadmap.cells import cells_table
from geoplan.roadmap.projects import projects_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Roadmap", "read_roadmap", "write_roadmap"]

_FINDING_KINDS = {"project": "str", "line": "Int64", "kind": "str", "message": "str"}


class Roadmap(NamedTuple):
    """What a roadmap document says: `projects`, `builds`, `findings` about its faults, `cells` as published."""

    projects: pd.DataFrame
    builds: pd.DataFrame
    findings: pd.DataFrame
    cells: pd.DataFrame


def read_roadmap(path: str | Path) -> Roadmap:
    """Read a roadmap document: tables of programmes, with their cells put back where they belong.

    Parameters
    ----------
    path
        Tab-separated text (.txt, .tsv) or .csv in UTF-8, UTF-16 or cp1251, a workbook (.xlsx) or a Word document (.docx).

    Returns
    -------
    Roadmap
        `projects` (a row per numbered row of the document; money in million KZT), `builds` (a row per planned school,
        kindergarten, polyclinic, substation, hospital, college, dormitory or centre; no coordinates), `findings`
        (project, line, kind, message in Russian: each cell moved, sum that does not add up, count in doubt, name
        mended), by line; `cells` (each cell as published, and the column it was read as).

    Raises
    ------
    InputError
        If the file is missing, a folder, no document, empty, or has no header block or no numbered row; one line
        that names the file.

    Notes
    -----
    How cells are put back and facilities counted is in docs/method.md (The roadmap document).
    """
    path = Path(path)
    source = read_source(path)
    document = split_lines(source.lines, path)
    rows, totals = align_rows(document)
    builds, of_builds = builds_table(rows)
    findings: list[Finding] = [
        *document.findings,
        *check_rows(rows),
        *check_totals(rows, totals),
        *of_builds,
    ]
    if source.cut:
        last = source.lines[-1][0]
        findings.append(("", last, "truncated", "Файл обрывается посреди буквы: конец документа потерян."))
    findings.sort(key=lambda finding: finding[1])
    table = typed_table(findings, _FINDING_KINDS)
    return Roadmap(projects_table(rows), builds, table, cells_table(rows, totals))


def write_roadmap(roadmap: Roadmap, folder: str | Path) -> None:
    """Write projects.csv, builds.csv, findings.csv and cells.csv into a folder, made if need be.

    Parameters
    ----------
    roadmap
        What `read_roadmap` gave.
    folder
        Where to.

    Raises
    ------
    InputError
        If `folder` is a file.
    OutputError
        If a table cannot be written.
    """
    folder = Path(folder)
    if folder.is_file():
        msg = f"{folder}: is a file, not a folder"
        raise InputError(msg)
    for name, table in roadmap._asdict().items():
        write_csv(table, folder / f"{name}.csv")
