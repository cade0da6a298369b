"""Report: the tables of a run, and what is needed to run it again."""

from geoplan.report.record import run_record
from geoplan.report.tables import report_tables, write_tables

__all__ = ["report_tables", "run_record", "write_tables"]
