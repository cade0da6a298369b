"""Charts: coverage by year with its range, as SVG that speaks no language and loads nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geoplan.report._headline import headline

if TYPE_CHECKING:
    from geoplan.scenario import Plan

__all__ = ["CHART_COLOURS", "coverage_chart"]

# Of the median, its range, the best case and the known places alone; the pages' own colours, told apart by stroke too.
CHART_COLOURS = {"median": "#1c5fa8", "range": "#7fb8dd", "best": "#5b1a8c", "placed": "#52606d"}
_WIDTH, _HEIGHT = 300, 150


def coverage_chart(plan: Plan, *, baseline_year: int, horizon: int) -> str:
    """Return the share of people inside the headline threshold by year, as an SVG element.

    The median of the draws is a line with its 5-95 % range as a band, the best case dashed, known places alone dotted. A
    change comes at the end of its year, so the lines are steps; after the plan's last year nothing changes up to `horizon`.
    Its only letters are the digits of the axes.

    Parameters
    ----------
    plan
        A service's plan.
    baseline_year
        The year shown for the baseline.
    horizon
        The last year of the axis, the same for all charts of a page.

    Raises
    ------
    None
    """
    import altair as alt
    import vl_convert

    rows = _rows(plan, baseline_year, horizon)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "year:Q",
            scale=alt.Scale(domain=[baseline_year, horizon], nice=False),
            axis=alt.Axis(format="d", values=[*range(baseline_year, horizon + 1, 2)], title=None, grid=False),
        )
    )
    share = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], title=None)
    layers = [
        base.mark_area(opacity=0.45, color=CHART_COLOURS["range"], interpolate="step-after").encode(
            y=alt.Y("low:Q", scale=share, axis=axis), y2="high:Q"
        ),
        _line(base, "placed", [1.5, 3], 1.6, share, axis),
        _line(base, "best", [6, 4], 1.8, share, axis),
        _line(base, "median", [1, 0], 2.6, share, axis),
        base.transform_filter("datum.point")
        .mark_point(filled=True, size=34, opacity=1, color=CHART_COLOURS["median"])
        .encode(y=alt.Y("median:Q", scale=share, axis=axis)),
    ]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT).configure(background="transparent")
    chart = chart.configure_view(stroke=None).configure_axis(
        labelFontSize=15,
        labelColor="#36424e",
        gridColor="#dfe5ea",
        domainColor="#97a3ae",
        tickColor="#97a3ae",
    )
    return _plain(vl_convert.vegalite_to_svg(chart.to_dict()))


def _line(base: Any, name: str, dash: list[float], width: float, share: Any, axis: Any) -> Any:
    import altair as alt

    style = {"color": CHART_COLOURS[name], "strokeWidth": width, "interpolate": "step-after"}
    return base.mark_line(strokeDash=dash, **style).encode(y=alt.Y(f"{name}:Q", scale=share, axis=axis))


def _rows(plan: Plan, baseline_year: int, horizon: int) -> list[dict[str, float | bool]]:
    out: list[dict[str, float | bool]] = []
    for moment in plan.moments:
        rows = headline(plan, moment)
        drawn = rows["drawn"]
        out.append(
            {
                "year": baseline_year if moment == "baseline" else int(moment),
                "median": drawn.share,
                "low": drawn.low if drawn.drawn else drawn.share,
                "high": drawn.high if drawn.drawn else drawn.share,
                "best": rows["proposed"].share,
                "placed": rows["placed"].share,
                "point": True,
            }
        )
    if out[-1]["year"] < horizon:
        out.append(out[-1] | {"year": horizon, "point": False})
    return out


def _plain(svg: str) -> str:
    """The element alone: its width and letters are the page's, and a table stands beside it for those who hear the page."""
    found = re.match(r"<svg\b[^>]*viewBox=\"([^\"]*)\"[^>]*>", svg)
    if found is None:
        msg = "vl-convert gave no SVG element with a viewBox"
        raise ValueError(msg)
    body = re.sub(r' (?:role|aria-[a-z]+|font-family)="[^"]*"', "", svg[found.end() :])
    return f'<svg class="chart" viewBox="{found[1]}" aria-hidden="true" focusable="false">{body}'
