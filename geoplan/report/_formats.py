"""Formats: how each column of the workbook shows its numbers, and how wide it is."""

from __future__ import annotations

__all__ = ["TEXT", "number_format", "width"]

TEXT = "@"
_WHOLE, _YEAR, _SHARE, _MONEY, _MINUTES, _DEGREES = "#,##0", "0", "0.0%", "#,##0.0", "0.00", "0.000000"
_BY_NAME = {
    **dict.fromkeys(("lon", "lat"), _DEGREES),
    **dict.fromkeys(("opens", "closes", "year", "step", "line", "period_start", "period_end"), _YEAR),
    **dict.fromkeys(("share", "share_low", "share_high"), _SHARE),
    **dict.fromkeys(("threshold", "value"), "General"),
    "cost": _MONEY,
}
_BY_END = (("_min", _MINUTES), ("_min_before", _MINUTES), ("_min_after", _MINUTES), ("_share", _SHARE))
_WIDE = ("title", "message", "text", "note", "source", "alternatives", "origins", "y2022", "y2023", "y2024", "y2025",
         "y2026_2030", "kpi_2025", "kpi_2030")  # fmt: skip
_MIDDLE = ("name", "address", "place", "replaces", "agencies", "section", "entry", "vintage", "measure")


def number_format(column: str, *, whole: bool) -> str:
    """Return the format of the numbers of a column; whole numbers of no known kind are grouped by thousands."""
    if column in _BY_NAME:
        return _BY_NAME[column]
    if column.startswith("cost_") and column != "cost_per_newly_covered":
        return _MONEY
    for end, form in _BY_END:
        if column.endswith(end):
            return form
    return _WHOLE if whole else "#,##0.####"


def width(column: str) -> float:
    """Return the width of a column, in characters."""
    if column in _WIDE:
        return 48.0
    if column in _MIDDLE:
        return 28.0
    return max(11.0, min(24.0, len(column) + 4.0))
