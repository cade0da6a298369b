"""Tables: projects, builds, findings, coverage and effects of a run as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.files import write_csv
from geoplan.report.promises import promises_table

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["report_tables", "write_hour", "write_tables"]


def report_tables(
    plans: list[Plan],
    *,
    projects: pd.DataFrame,
    builds: pd.DataFrame,
    findings: pd.DataFrame,
    standards: Standards,
    published: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a run by name.

    Parameters
    ----------
    plans
        One per service.
    projects, builds, findings
        The roadmap as read and geocoded.
    standards
        What the roadmap's promises are read with.
    published
        Published deficits and queues, which stand beside the promises about them.
    """
    tables = {
        "projects": projects,
        "builds": _with_sites(builds, plans),
        "promises": promises_table(projects, builds, plans, standards, published=published),
        "findings": _with_astray(findings, plans),
        "coverage": pd.concat(_coverage(plans), ignore_index=True),
        "effects": pd.concat([plan.effects_table for plan in plans], ignore_index=True),
        "gaps": pd.concat([plan.gaps_table for plan in plans], ignore_index=True),
        "measures": pd.concat([plan.measures_with_groups for plan in plans], ignore_index=True),
        "facilities": pd.concat([plan.facilities for plan in plans], ignore_index=True),
    }
    # A plan made by hand may have no gaps or measures: no table rather than one without columns.
    return {name: table for name, table in tables.items() if len(table.columns)}


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table as UTF-8 CSV into a folder; text that a spreadsheet would run as a formula is quoted.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        write_csv(table, path)
    return paths


def write_hour(plans: list[Plan], folder: Path) -> None:
    """Write golden_hour.csv, a row per cell, where an ambulance plan knows it; too long for a sheet of the workbook."""
    for plan in plans:
        if len(plan.hour_table):
            write_csv(plan.hour_table, folder / "golden_hour.csv")


def _with_astray(findings: pd.DataFrame, plans: list[Plan]) -> pd.DataFrame:
    """The findings of the document, and after them what of each service no street is near."""
    own = [plan.astray for plan in plans if len(plan.astray)]
    return pd.concat([findings, *own], ignore_index=True) if own else findings


def _coverage(plans: list[Plan]) -> list[pd.DataFrame]:
    """The tables of coverage, with the population groups after each service's total."""
    return [table for plan in plans for table in (plan.coverage_table, plan.groups_table) if len(table)]


def _with_sites(builds: pd.DataFrame, plans: list[Plan]) -> pd.DataFrame:
    """Fill lon, lat of builds whose site is proposed; their precision stays what the document tells: district or city."""
    out = builds.copy()
    for column in ("lon", "lat"):
        out[column] = out[column].astype(float)
    out["precision"] = out["precision"].fillna("").astype(object)
    for plan in plans:
        sited = plan.builds.set_index("build_id")
        here = out["build_id"].isin(sited.index)
        match = sited.loc[out.loc[here, "build_id"]]
        out.loc[here, "lon"] = match["site_lon"].round(6).to_numpy()
        out.loc[here, "lat"] = match["site_lat"].round(6).to_numpy()
        proposed = here.to_numpy().copy()
        proposed[here.to_numpy()] = (match["site_status"] == "proposed").to_numpy()
        named = (out["district"].fillna("") != "").to_numpy()
        out.loc[proposed, "precision"] = np.where(named[proposed], "district", "city")
        out.loc[proposed, "status"] = "proposed"
    return out
