"""What already stands: builds that are reported opened, matched to their register rows, so that none is added twice.

Rules (docs/data.md lists the matches they make):

- A reported object is matched to a build of its service and kind, whose year lies between the promise and the report,
  whose district is the object's or not stated, and whose stated place, if any, is the object's. Where the report names
  the programme, the build must be of it. Of several, a stated place goes first, then equal capacity, then the district.
- Its register row is the one of its number. Without a number it is never guessed from nearness: if rows of its service
  stand near, it may be one of them (`may stand`); if none does, the register lacks it, and the build stands at the
  reported place.
- Objects opened before the baseline match no build.
- Early builds that no report tells of `may stand`: those due before the register's vintage.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.geocode import resolve_districts
from geoplan.geocode.keys import micro_key, words
from geoplan.layers._micros import akimat_radius
from geoplan.layers._sources import read_source_table
from geoplan.layers.facilities._common import points_from
from geoplan.metric import metric_crs
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["match_standing", "read_opened", "replaced_facility"]

FACTS = "facts/opened_to_2024.csv"
_COLUMNS = ["id", "kind", "name", "place_as_given", "district", "capacity", "unit", "status", "status_date"]
_MORE = ["first_promised", "lat", "lon", "precision", "source_url"]
# Words of `kind` in the facts, and the service and kind of build they speak of; the first that fits counts.
_KINDS = (
    ("annex", "school", "annex"),
    ("school", "school", "school"),
    ("kindergarten", "kindergarten", "kindergarten"),
    ("ambulatory", "polyclinic", "ambulatory"),
    ("substation", "ambulance", "substation"),
)
_PROGRAMMES = (("Комфортная школа", "5.1.1"), ("city budget", "5.2.1"))
# The kindergarten register is of April 2026 (its file name); the others bear no date, and are taken to hold what the
# latest report of their service tells of.
_VINTAGE = {"kindergarten": 2026}
_OLD_SITE = re.compile(r"\bsite of the old\b", re.IGNORECASE)
_NUMBER = re.compile(r"№\s*(\d+)")
# Registers that hold no private facilities cannot hold a private build.
_STATE_REGISTERS = frozenset({"school"})


class _Match(NamedTuple):
    """An object, the build it is (None: none), its register row ('' none) and the rows that it may be."""

    fact: pd.Series
    build: Any
    facility: str
    maybe: list[str]


def read_opened(sources: Path) -> pd.DataFrame:
    """Read the objects reported opened or built.

    Parameters
    ----------
    sources
        Folder of source files.

    Returns
    -------
    pandas.DataFrame
        The table of opened.csv, in the order of the source: fact, service, kind, programme (of the roadmap, '' where
        not named), name, place, district (slug), capacity, capacity_unit, status, opened, promised ('YYYY', 'YYYY-MM'
        or 'YYYY-MM-DD'), lon, lat, precision, radius_m, source.

    Raises
    ------
    InputError
        If the file is missing, lacks a column, or holds a kind that is not known.
    """
    raw = read_source_table(sources, FACTS, columns=[*_COLUMNS, *_MORE])
    kinds = [next((entry for entry in _KINDS if entry[0] in kind), None) for kind in raw["kind"]]
    if None in kinds:
        msg = f"{sources / FACTS}: {raw['kind'][kinds.index(None)]}: kind of object not known"
        raise InputError(msg)
    programmes = [next((code for text, code in _PROGRAMMES if text in kind), "") for kind in raw["kind"]]
    slugs = [resolve_districts(text + " район") for text in raw["district"]]
    radii = akimat_radius(sources)
    bare = raw["place_as_given"].map(lambda place: radii.get(micro_key(place)._replace(number=""), np.nan))
    return pd.DataFrame(
        {
            "fact": raw["id"],
            "service": [entry[1] for entry in kinds if entry],
            "kind": [entry[2] for entry in kinds if entry],
            "programme": programmes,
            "name": raw["name"],
            "place": raw["place_as_given"],
            "district": [found[0] if len(found) == 1 else "" for found in slugs],
            "capacity": pd.to_numeric(raw["capacity"]),
            "capacity_unit": raw["unit"],
            "status": raw["status"],
            "opened": raw["status_date"],
            "promised": raw["first_promised"],
            "lon": pd.to_numeric(raw["lon"]),
            "lat": pd.to_numeric(raw["lat"]),
            "precision": np.where(raw["precision"].str.startswith("microdistrict"), "microdistrict", ""),
            "radius_m": bare.round(),
            "source": raw["source_url"],
        }
    )


def match_standing(
    builds: pd.DataFrame,
    facilities: gpd.GeoDataFrame,
    opened: pd.DataFrame,
    *,
    baseline_year: int | None = None,
    near_m: float | None = None,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, list[str]]:
    """Match reported objects to builds and register rows.

    Parameters
    ----------
    builds
        Columns of builds.csv, geocoded.
    facilities
        Columns of facilities.parquet.
    opened
        Columns of `read_opened`.
    baseline_year
        Year at whose end the baseline stands; `baseline.year` of the standards by default.
    near_m
        Metres within which a register row may be the object; `geocode.place_radius_limit` of the standards by
        default.

    Returns
    -------
    tuple
        Copies: builds with facility_id, standing (`stands`, `may stand`, ''), note, and the point of what stands;
        facilities with `opens` set where a row is known to have opened after the baseline, so that it enters with
        its build; and notes. Doing it twice changes nothing.

    Raises
    ------
    InputError
        If a standard is missing.
    """
    standards = load_standards() if baseline_year is None or near_m is None else None
    if standards is not None:
        baseline_year = baseline_year if baseline_year is not None else int(standards.baseline.year.value)
        near_m = near_m if near_m is not None else standards.geocode.place_radius_limit.value
    plans, existing = builds.copy(), facilities.copy()
    for column in ("facility_id", "standing", "note"):
        plans[column] = plans[column].fillna("").astype(object)
    taken: set[Any] = set()
    matches = []
    for _, fact in opened.iterrows():
        late = _year(fact["opened"]) > int(baseline_year or 0)
        build = _build_of(fact, plans, taken) if late else None
        if build is not None:
            taken.add(build)
        facility = _row_of(fact, existing)
        maybe = [] if facility else _near(fact, existing, float(near_m or 0.0))
        matches.append(_Match(fact, build, facility, maybe))
    for match in matches:
        _note_facility(match, plans, existing)
        if match.build is not None:
            _note_build(match, plans, existing)
    same = _in_place(plans, existing)
    early = _mark_early(plans, opened)
    said = [
        *_say(matches),
        f"{same} replacements stand where the replaced facility stands, and take its point",
    ]
    return plans, existing, [*said, f"{early} early builds without a report may stand already"]


def replaced_facility(builds: pd.DataFrame, facilities: pd.DataFrame) -> pd.Series:
    """Find the facility that each build replaces.

    Parameters
    ----------
    builds
        service, district, replaces.
    facilities
        facility_id, service, name, address, district.

    Returns
    -------
    pandas.Series
        facility_id on the index of `builds`, named `replaced`; '' where nothing is replaced, where the document does
        not name it, or where it is not in the table.

    Raises
    ------
    None
    """
    found = []
    for service, district, text in zip(
        builds["service"], builds["district"], builds["replaces"], strict=True
    ):
        rows = facilities[facilities["service"] == service]
        number = _NUMBER.search(text) if isinstance(text, str) else None
        if number:
            rows = rows[rows["name"].str.extract(_NUMBER)[0] == number.group(1)]
        elif isinstance(text, str) and text and len(rows):
            named = rows["address"].map(
                lambda address, said=text: bool(address) and address.lower() in said.lower()
            )
            rows = rows[named & (rows["district"] == district)]
        else:
            rows = rows.iloc[:0]
        found.append(rows["facility_id"].iloc[0] if len(rows) == 1 else "")
    return pd.Series(found, index=builds.index, name="replaced", dtype=object)


def _year(text: object) -> int:
    match = re.search(r"\d{4}", str(text))
    return int(match.group()) if match else 0


def _build_of(fact: pd.Series, builds: pd.DataFrame, taken: set[Any]) -> Any:
    years = [_year(part) for part in [fact["opened"], *re.split(r";\s*(?:then\s*)?", fact["promised"])]]
    known = [year for year in years if year]
    rows = builds[
        (builds["service"] == fact["service"])
        & (builds["kind"] == fact["kind"])
        & (builds["owner"] == "state")
        & builds["district"].isin(["", fact["district"]])
        & builds["opens"].between(min(known, default=0), max(known, default=0))
        & ~builds.index.isin(list(taken))
    ]
    if fact["programme"]:
        rows = rows[rows["project"] == fact["programme"]]
    base = micro_key(fact["place"]).base
    stated = rows["place"].fillna("") != ""
    same = stated & (
        rows["place"].map(lambda place: micro_key(place).base if isinstance(place, str) else "") == base
    )
    rows = rows[same | ~stated]
    if rows.empty:
        return None
    rank = pd.DataFrame(
        {
            "place": ~same[rows.index],
            "capacity": (rows["capacity"].astype(float) != fact["capacity"]).to_numpy(),
            "district": (rows["district"] != fact["district"]).to_numpy(),
            "build_id": rows["build_id"].to_numpy(),
        },
        index=rows.index,
    )
    return rank.sort_values(list(rank.columns)).index[0]


def _row_of(fact: pd.Series, facilities: gpd.GeoDataFrame) -> str:
    """Return the register row of the object's number, '' without a number or with two such rows."""
    number = _NUMBER.search(fact["name"])
    if number is None:
        return ""
    rows = facilities[facilities["service"] == fact["service"]]
    rows = rows[
        (rows["name"].str.extract(_NUMBER)[0] == number.group(1))
        # Boarding and special schools have numbers of their own.
        & ~rows["name"].str.contains("интернат", case=False)
        & rows["district"].isin(["", fact["district"]])
    ]
    return str(rows["facility_id"].iloc[0]) if len(rows) == 1 else ""


def _near(fact: pd.Series, facilities: gpd.GeoDataFrame, near_m: float) -> list[str]:
    """Return the state rows of the service that stand within `near_m` of the reported place."""
    if np.isnan(fact["lon"]):
        return []
    rows = facilities[(facilities["service"] == fact["service"]) & (facilities["owner"] != "private")]
    rows = rows[rows.geometry.notna()]
    spot = points_from(pd.Series([fact["lon"]]), pd.Series([fact["lat"]]))
    metric = metric_crs(spot)
    gaps = rows.geometry.to_crs(metric).distance(spot.to_crs(metric).iloc[0])
    return sorted(rows.loc[gaps <= near_m, "facility_id"])


def _note_facility(match: _Match, builds: pd.DataFrame, facilities: gpd.GeoDataFrame) -> None:
    """Set `opens` of the register row of what is new there.

    An annex changes nothing about the school that it is built to, and a new building on the site of the old one nothing
    about where there is a school: the row stands all along.
    """
    if not match.facility:
        return
    rebuilt = bool(_OLD_SITE.search(match.fact["place"]))
    row = facilities.index[facilities["facility_id"] == match.facility]
    text = f"по сообщению {match.fact['fact']}: {match.fact['name']}, {match.fact['opened']}"
    if rebuilt:
        text += "; новое здание на месте старого"
    if match.fact["kind"] != "annex" and not rebuilt:
        facilities.loc[row, "opens"] = str(match.fact["opened"])[:7]
        if match.build is not None:
            text += f"; входит со стройкой {builds.loc[match.build, 'build_id']}"
    old = facilities.loc[row, "note"].fillna("").astype(str)
    fresh = old.map(lambda note: note if text in note else "; ".join(part for part in (note, text) if part))
    facilities.loc[row, "note"] = fresh


def _note_build(match: _Match, builds: pd.DataFrame, facilities: gpd.GeoDataFrame) -> None:
    at, fact = match.build, match.fact
    said = f"{fact['name']} ({fact['fact']}): {fact['status']}, {fact['opened']}"
    if not np.isnan(fact["capacity"]) and fact["capacity"] != _cell(builds, at, "capacity"):
        said += f", мощность по сообщению {fact['capacity']:g}"
    if match.facility:
        builds.loc[at, "facility_id"] = match.facility
        builds.loc[at, "standing"] = "stands"
        row = facilities.loc[facilities["facility_id"] == match.facility].iloc[0]
        if row["geometry"] is not None:
            _put(builds, at, row["geometry"].x, row["geometry"].y, row["precision"], row["radius_m"])
        builds.loc[at, "district"] = row["district"] or _cell(builds, at, "district")
        said += f"; в реестре {match.facility}"
    elif match.maybe:
        builds.loc[at, "standing"] = "may stand"
        said += f"; в реестре рядом {', '.join(match.maybe)}, какая строка — неизвестно"
    else:
        builds.loc[at, "standing"] = "stands"
        builds.loc[at, "district"] = _cell(builds, at, "district") or fact["district"]
        if np.isnan(_cell(builds, at, "lon")) and not np.isnan(fact["lon"]):
            _put(builds, at, fact["lon"], fact["lat"], fact["precision"], fact["radius_m"])
        said += "; в реестре нет"
    note = _cell(builds, at, "note")
    builds.loc[at, "note"] = "; ".join(part for part in (note, said) if part)


def _cell(table: pd.DataFrame, at: Any, column: str) -> Any:
    return table.loc[at, column]


def _put(builds: pd.DataFrame, at: Any, lon: float, lat: float, precision: str, radius: float) -> None:
    """Give a build the point where it stands: no point is proposed for it."""
    builds.loc[at, ["lon", "lat", "radius_m"]] = [lon, lat, radius]
    builds.loc[at, ["precision", "status"]] = [precision, "stated"]


def _in_place(builds: pd.DataFrame, facilities: gpd.GeoDataFrame) -> int:
    """Give a replacement on the same address the point of what it replaces: its effect is nil, not 90 m."""
    replaced = replaced_facility(builds, facilities)
    rows = facilities.set_index("facility_id")
    count = 0
    for at, facility in replaced[replaced != ""].items():
        row: Any = rows.loc[facility]
        place = _cell(builds, at, "place")
        if row["geometry"] is None or not place or words(row["address"]) != words(place):
            continue
        _put(builds, at, row["geometry"].x, row["geometry"].y, row["precision"], row["radius_m"])
        note = f"на месте {row['name']}"
        builds.loc[at, "note"] = "; ".join(part for part in (_cell(builds, at, "note"), note) if part)
        count += 1
    return count


def _mark_early(builds: pd.DataFrame, opened: pd.DataFrame) -> int:
    """Mark the builds due by the register's vintage that nothing tells of; return their number."""
    latest = opened["opened"].map(_year).groupby(opened["service"]).max()
    vintage = builds["service"].map(latest.to_dict() | _VINTAGE).fillna(0).astype(int)
    new = builds["action"].isin(["new", "conversion", "annex"])
    held = ~((builds["owner"] == "private") & builds["service"].isin(_STATE_REGISTERS))
    early = (builds["standing"] == "") & (builds["opens"].fillna(0).astype(int) <= vintage) & new & held
    early &= builds["opens"].notna()
    text = vintage.map(lambda year: f"срок наступил, реестр или список — {year} г.: возможно, уже стоит")
    note = builds["note"].where(builds["note"] == "", builds["note"] + "; ") + text
    builds["note"] = builds["note"].where(~early, note)
    builds["standing"] = builds["standing"].where(~early, "may stand")
    return int(early.sum())


def _say(matches: list[_Match]) -> list[str]:
    with_row = [m for m in matches if m.build is not None and m.facility]
    alone = [m for m in matches if m.build is not None and not m.facility and not m.maybe]
    unsure = [m for m in matches if m.build is not None and m.maybe]
    rest = [m for m in matches if m.build is None]
    lines = (
        (with_row, "reported objects matched to a build and its register row"),
        (alone, "matched to a build, not in the register: the build stands at the reported place"),
        (unsure, "matched to a build, which may be one of several register rows nearby"),
        (rest, "match no build (opened before the baseline, or outside the roadmap's places)"),
    )
    return [f"{len(part)} {text}: {', '.join(m.fact['name'] for m in part)}" for part, text in lines if part]
