"""A thousand damages to the published document: never a crash, never a number from nowhere, never in silence.

`GEOPLAN_DAMAGES=160` runs a part of them, for a quick look. Damage number k is the same in every run.
"""

from __future__ import annotations

import os
import random
import re

import numpy as np
import pytest

from geoplan.roadmap import read_roadmap
from geoplan.roadmap._cells import make_cell

pytestmark = pytest.mark.sources

COUNT = int(os.environ.get("GEOPLAN_DAMAGES", "1000"))
ROW = re.compile(r"\d+(?:\.\d+)*\t(?!\d+\t)")
DISTRICT = re.compile(r"[А-Я][а-я]+(?:ском|ского|ский)")
MONEY = [f"cost_{year}" for year in ("2022", "2023", "2024", "2025", "2026_2030", "total", "mb", "rb", "chi")]


def rows_of(lines):
    return [i for i, line in enumerate(lines) if ROW.match(line)]


def drop(lines, at, rng):
    cells = lines[at].split("\t")
    cells.pop(rng.randrange(1, len(cells)))
    lines[at] = "\t".join(cells)


def insert(lines, at, rng):
    cells = lines[at].split("\t")
    cells.insert(rng.randrange(1, len(cells)), "")
    lines[at] = "\t".join(cells)


def duplicate(lines, at, rng):
    lines.insert(rng.choice(rows_of(lines)), lines[at])


def swap(lines, at, rng):
    """Swap two neighbouring columns in the whole block of the row, header included, or in the row alone."""
    column = rng.randrange(2, 20)
    first = max(i for i in range(at) if lines[i].startswith("№"))
    whole = rng.random() < 0.5
    for i in range(first, at + 1) if whole else [at]:
        cells = lines[i].split("\t")
        if len(cells) > column + 1:
            cells[column], cells[column + 1] = cells[column + 1], cells[column]
            lines[i] = "\t".join(cells)


def mistype(lines, at, rng):
    spots = [(i, match) for i in rows_of(lines) for match in DISTRICT.finditer(lines[i])]
    i, match = rng.choice(spots)
    letters = list(match[0])
    k = rng.randrange(1, len(letters) - 2)
    how = rng.randrange(3)
    letters[k : k + 2] = (letters[k + 1] + letters[k], letters[k], letters[k] * 2 + letters[k + 1])[how]
    lines[i] = lines[i][: match.start()] + "".join(letters) + lines[i][match.end() :]


def numbers(text):
    cells = (make_cell(0, part) for line in text.split("\n") for part in line.split("\t"))
    return {cell.number for cell in cells if cell and cell.kind in {"money", "year"}}


def read(tmp_path, lines):
    path = tmp_path / "damaged.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_roadmap(path)


@pytest.mark.parametrize("how", [drop, insert, duplicate, swap, mistype])
def test_no_damage_breaks_the_reader_or_makes_up_a_number(how, real, real_text, tmp_path):
    known = numbers(real_text)
    for k in range(COUNT // 5):
        rng = random.Random(f"{how.__name__} {k}")
        lines = real_text.split("\n")
        how(lines, rng.choice(rows_of(lines)), rng)
        found = read(tmp_path, lines)
        money = found.projects[MONEY].to_numpy()
        assert set(money[~np.isnan(money)].tolist()) <= known, (how.__name__, k)
        assert found.builds.build_id.is_unique
        assert found.builds.cost.dropna().sum() <= real.projects.cost_total.sum()
        assert len(found.projects) == len(real.projects)
        if how is duplicate:
            told = found.findings[found.findings.kind == "number"]
            assert len(told) == 1, k
            assert ROW.match(lines[told.line.iloc[0] - 1]), k


@pytest.mark.parametrize("how", ["drop", "insert"])
def test_an_empty_cell_more_or_less_in_a_row_of_money_is_mended_or_told(how, real, real_text, tmp_path):
    lines = real_text.split("\n")
    before = real.projects.set_index("project")
    known = set(map(tuple, real.findings[["project", "kind", "message"]].to_numpy()))
    with_money = [
        i for i in rows_of(lines) if before.loc[lines[i].split("\t")[0].strip(), MONEY].notna().any()
    ]
    spots = []
    for i in with_money:
        cells = lines[i].split("\t")
        last = max(k for k, cell in enumerate(cells) if cell.strip())
        if how == "drop":
            spots += [(i, k) for k in range(2, last) if not cells[k].strip()]
        else:
            spots += [(i, k) for k in range(2, last + 1)]
    random.Random(how).shuffle(spots)
    for i, k in spots[: max(COUNT // 4, 40)]:
        cells = lines[i].split("\t")
        cells[k : k + 1] = [] if how == "drop" else ["", cells[k]]
        damaged = [*lines[:i], "\t".join(cells), *lines[i + 1 :]]
        found = read(tmp_path, damaged)
        number = cells[0].strip()
        after = found.projects.set_index("project")
        same = after.loc[number, MONEY].equals(before.loc[number, MONEY])
        told = set(map(tuple, found.findings[["project", "kind", "message"]].to_numpy())) - known
        # A cell that ends in a column as good on its own (600 under РБ, not МБ) is told where it shows: in its programme.
        related = {number, before.loc[number, "parent"]}
        assert same or any(project in related for project, _, _ in told), (number, k)
