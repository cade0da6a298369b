"""Report: the tables, workbook, GeoPackage and pictures of a run, and what is needed to run it again."""

from geoplan.report.geopackage import write_geopackage
from geoplan.report.pictures import write_pictures
from geoplan.report.record import run_record
from geoplan.report.sites import write_sites
from geoplan.report.surfaces import surface_at, write_surfaces
from geoplan.report.tables import report_tables, write_hour, write_tables
from geoplan.report.workbook import write_workbook

__all__ = [
    "report_tables",
    "run_record",
    "surface_at",
    "write_geopackage",
    "write_hour",
    "write_pictures",
    "write_sites",
    "write_surfaces",
    "write_tables",
    "write_workbook",
]
