"""Job: the main job, from a city's layers and a roadmap to pages and tables in one folder."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan import maps
from geoplan.errors import InputError, OutputError
from geoplan.files import check_folder, sha256, whole_folder, write_json
from geoplan.layers.projects import read_plans
from geoplan.report import (
    report_tables,
    run_record,
    write_geopackage,
    write_hour,
    write_pictures,
    write_surfaces,
    write_tables,
    write_workbook,
)
from geoplan.scenario import Plan, timeline
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from geoplan.city import City

__all__ = ["Result", "run_job"]

# The file that tells a folder of a run from any other.
RECORD = "run.json"


@dataclass(frozen=True)
class Result:
    """What a run wrote and found."""

    folder: Path
    pages: list[Path]
    plans: list[Plan]
    seconds: dict[str, float] = field(default_factory=dict)


def run_job(
    city: City,
    *,
    out: Path,
    document: Path | None = None,
    services: list[str] | None = None,
    command: list[str],
    tiles: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Result:
    """Run the main job and write <out>/<city>/: pages, data/ (CSV, XLSX, GPKG), pictures/, run.json, timings.json.

    Parameters
    ----------
    city
        An opened city.
    out
        Folder of maps; <city> inside it is replaced whole, or left as it was if anything fails.
    document
        A roadmap document to read afresh; by default the tables shipped with the layers are used.
    services
        Which services; all of the standards file by default.
    command
        What the user asked for, kept in run.json.
    tiles
        Offer a layer of OpenStreetMap's tiles on the maps; see `maps.write`.
    progress
        Called with the name of each step as it starts.

    Raises
    ------
    InputError
        If a service is unknown or the document cannot be read.
    LayerError
        If a layer is missing or corrupted.
    OutputError
        If the folder cannot be written.
    """
    clock = _Clock(progress)
    standards = load_standards()
    wanted = list(dict.fromkeys(services or list(standards.services)))
    for service in wanted:
        standards.service(service)
    _writable(Path(out))
    check_folder(Path(out) / city.name, mark=RECORD)
    clock.step("layers")
    builds, projects, findings, source = _roadmap(city, document)
    city = city if document is None else source["city"]  # type: ignore[assignment]
    plans: list[Plan] = []
    for service in wanted:
        clock.step(service)
        plans.append(timeline(city, builds, service=service, standards=standards))
    with whole_folder(Path(out) / city.name, mark=RECORD) as folder:
        clock.step("tables")
        tables = report_tables(
            plans,
            projects=projects,
            builds=builds,
            findings=findings,
            standards=standards,
            published=city.published,
        )
        write_tables(tables, folder / "data")
        write_hour(plans, folder / "data")
        clock.step("workbook")
        write_workbook(
            tables,
            folder / "data" / "geoplan.xlsx",
            city=city,
            standards=standards,
            document=source["document"]["name"],  # type: ignore[index]
        )
        clock.step("geopackage")
        write_geopackage(tables, plans, folder / "data" / "geoplan.gpkg")
        clock.step("surfaces")
        for plan in plans:
            write_surfaces(plan, folder / "data")
        clock.step("pictures")
        write_pictures(plans, folder / "pictures", standards)
        clock.step("pages")
        pages = maps.write(plans, folder, tables=tables, tiles=tiles)
        record = run_record(
            city,
            plans,
            standards=standards,
            command=command,
            document=source["document"],  # type: ignore[arg-type]
        )
        write_json(record, folder / RECORD)
        clock.stop()
        write_json(clock.seconds, folder / "timings.json")
    home = Path(out) / city.name
    return Result(folder=home, pages=[home / page.name for page in pages], plans=plans, seconds=clock.seconds)


def _roadmap(
    city: City, document: Path | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """The roadmap's tables, and the city whose register rows they are matched to."""
    if document is None:
        hashes = {resource["path"]: resource["hash"] for resource in city.package["resources"]}
        shipped = {"name": f"{city.name}/builds.csv", "hash": hashes.get("builds.csv", "")}
        return city.builds, city.projects, city.findings, {"document": shipped, "city": city}
    plans = read_plans(
        document,
        places=city.places,
        districts=city.districts.reset_index(),
        facilities=city.facilities,
        opened=city.opened,
    )
    try:
        digest = f"sha256:{sha256(document)}"
    except OSError as error:
        msg = f"{document}: cannot be read: {error.strerror}"
        raise InputError(msg) from error
    matched = city.with_facilities(plans.facilities)
    return (
        plans.builds,
        plans.projects,
        plans.findings,
        {"document": {"name": Path(document).name, "hash": digest}, "city": matched},
    )


def _writable(out: Path) -> None:
    """Say at once, not after the work is done, that the folder cannot be written.

    Raises
    ------
    OutputError
        If it is a file, or lies where nothing can be made.
    """
    existing = out
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        msg = f"{out}: cannot be written: {existing} is a file, not a folder"
        raise OutputError(msg)
    if not os.access(existing, os.W_OK):
        msg = f"{out}: cannot be written: no permission in {existing}"
        raise OutputError(msg)


class _Clock:
    """Tells which step runs, and how long each took."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._name = ""
        self._started = time.perf_counter()

    def step(self, name: str) -> None:
        self.stop()
        self._name, self._started = name, time.perf_counter()
        self._progress(name)

    def stop(self) -> None:
        if self._name:
            self.seconds[self._name] = round(time.perf_counter() - self._started, 3)
