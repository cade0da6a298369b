"""Pictures: each service before and after as one PNG for documents, A4 across, drawn without a browser."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.files import whole
from geoplan.layers.standing import replaced_facility
from geoplan.report._headline import headline
from geoplan.report._layer_styles import UNREACHABLE, band_labels
from geoplan.report._words import Words, load_words
from geoplan.report.palette import UNREACHABLE_COLOUR, class_colours

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray

    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["write_pictures"]

_WIDE, _HIGH, _DPI = 11.69, 8.27, 200  # A4 across, inches
_MARGIN_M = 700.0
# Nearly all people live inside these quantiles; far outliers would shrink the city.
_FRAME = (0.003, 0.997)
_INK, _GREY, _STREET, _BORDER = "#17222d", "#5b6670", "#c9ced3", "#3c4650"
_STREETS = {"motorway": 0.9, "trunk": 0.9, "primary": 0.7, "secondary": 0.4}
_SCALES_M = (10_000.0, 5000.0, 2000.0, 1000.0, 500.0, 200.0, 100.0)
_MANY = 300
_LEVEL = 3  # of PNG: a third of the time of the usual 6 for a few more kilobytes


def write_pictures(plans: list[Plan], folder: Path, standards: Standards) -> list[Path]:
    """Write <service>.png for every plan: the baseline and the last year side by side.

    Parameters
    ----------
    plans
        One per service, of one city.
    folder
        Where the pictures go; made if it is not there.
    standards
        Baseline year and draws, named in the text.

    Returns
    -------
    list of Path
        The pictures. The same plans give the same bytes with the same matplotlib.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    # Its warnings (a font cache being made) are nothing to a user of the command.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    ground = _Ground.of(plans[0])
    paths = []
    for plan in plans:
        path = Path(folder) / f"{plan.service.name}.png"
        figure = _Picture(plan, ground, standards).draw()
        with whole(path) as temporary:
            figure.savefig(
                temporary, dpi=_DPI, metadata={"Software": None}, pil_kwargs={"compress_level": _LEVEL}
            )
        paths.append(path)
    return paths


@dataclass(frozen=True)
class _Ground:
    """What all pictures of a city share, in its metric CRS: frame, districts, main streets by width."""

    frame: tuple[float, float, float, float]
    borders: gpd.GeoSeries
    names: pd.Series
    streets: list[tuple[float, list[NDArray[np.float64]]]]

    @classmethod
    def of(cls, plan: Plan) -> _Ground:
        city, cells = plan.city, plan.cells
        low, high = cells[["x", "y"]].quantile(_FRAME[0]), cells[["x", "y"]].quantile(_FRAME[1])
        districts = city.districts.to_crs(city.crs)
        main = city.streets[city.streets["highway"].isin(_STREETS)].to_crs(city.crs)
        lines = []
        for kind, width in _STREETS.items():
            shapes = main.geometry[main["highway"] == kind].normalize().drop_duplicates()
            lines.append((width, [shapely.get_coordinates(shape) for shape in shapes]))
        return cls(
            (low["x"] - _MARGIN_M, high["x"] + _MARGIN_M, low["y"] - _MARGIN_M, high["y"] + _MARGIN_M),
            districts.geometry,
            districts["name_ru"].str.replace(" район", "", regex=False),
            lines,
        )


class _Picture:
    """One service on one sheet."""

    def __init__(self, plan: Plan, ground: _Ground, standards: Standards) -> None:
        self.plan, self.ground, self.standards = plan, ground, standards
        self.words: Words = load_words()
        self.plain, self.bold = _fonts()
        self.closing = replaced_facility(plan.builds, plan.facilities.assign(service=plan.service.name))
        self.colours = [*class_colours(plan.breaks, plan.threshold), UNREACHABLE_COLOUR]

    def draw(self) -> Figure:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDE, _HIGH), facecolor="white")
        FigureCanvasAgg(figure)
        name, plan = self.plan.service.name, self.plan
        figure.text(
            0.03,
            0.945,
            self.words(f"picture.title_{name}"),
            fontproperties=self.bold,
            fontsize=17,
            color=_INK,
        )
        year = int(self.standards.baseline.year.value)
        sides = [(0, "before", str(year))]
        if len(plan.moments) > 1:
            sides.append((len(plan.moments) - 1, "after", plan.moments[-1]))
        for position, (step, key, shown) in enumerate(sides):
            axes = figure.add_axes((0.03 + 0.48 * position, 0.2, 0.46, 0.65))
            self._map(axes, step, int(shown))
            figure.text(
                0.03 + 0.48 * position, 0.894, self.words(f"picture.{key}", year=shown),
                fontproperties=self.bold, fontsize=11.5, color=_INK,
            )  # fmt: skip
            figure.text(
                0.03 + 0.48 * position,
                0.868,
                self._share(step),
                fontproperties=self.plain,
                fontsize=9.5,
                color=_GREY,
            )
        self._legend(figure)
        return figure

    def _map(self, axes: Axes, step: int, year: int) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.colors import ListedColormap

        west, east, south, north = self.ground.frame
        for width, lines in self.ground.streets:
            axes.add_collection(LineCollection(lines, colors=_STREET, linewidths=width, zorder=1))
        raster, extent = _raster(self.plan, step)
        axes.imshow(
            raster, extent=extent, cmap=ListedColormap(self.colours), vmin=0, vmax=len(self.colours) - 1,
            interpolation="nearest", zorder=2,
        )  # fmt: skip
        for border in self.ground.borders:
            for part in shapely.get_parts(border.boundary):
                axes.plot(*shapely.get_coordinates(part).T, color=_BORDER, linewidth=0.8, zorder=3)
        self._signs(axes, year)
        self._names(axes)
        axes.set_anchor("W")
        axes.set(xlim=(west, east), ylim=(south, north), aspect="equal", xticks=[], yticks=[])
        for side in axes.spines.values():
            side.set_color("#b5bcc3")
        self._scale(axes)

    def _signs(self, axes: Axes, year: int) -> None:
        """Facilities and builds that stand at the end of a year."""
        plan = self.plan
        here, builds = plan.facilities, plan.builds
        open_builds = builds[(builds["opens"].astype(int) <= year) & (builds["owner"] != "private")]
        gone = set(self.closing[open_builds.index]) - {""}
        stands = (here["opens"].astype(int) <= year) & (
            (here["closes"].astype(int) == 0) | (here["closes"].astype(int) > year)
        )
        standing = here[stands & ~here["facility_id"].isin(gone)]
        # Hundreds of signs would hide the colours under them.
        small = {"s": 1.6, "linewidths": 0.0, "zorder": 3.5} if len(standing) > _MANY else {}
        self._points(axes, standing, ("lon", "lat"), _EXISTING | small)
        known = open_builds["site_status"].isin(["stated", "register"])
        self._points(
            axes, open_builds[open_builds["site_status"] == "proposed"], ("site_lon", "site_lat"), _PROPOSED
        )
        self._points(axes, open_builds[known], ("site_lon", "site_lat"), _STATED)

    def _points(self, axes: Axes, rows: pd.DataFrame, columns: tuple[str, str], look: dict[str, Any]) -> None:
        import geopandas as gpd

        lon, lat = (rows[column].to_numpy(dtype=float) for column in columns)
        known = np.isfinite(lon) & np.isfinite(lat)
        points = gpd.GeoSeries.from_xy(lon[known], lat[known], crs=4326).to_crs(self.plan.city.crs)
        axes.scatter(points.x, points.y, **look)

    def _names(self, axes: Axes) -> None:
        from matplotlib.patheffects import withStroke

        west, east, south, north = self.ground.frame
        frame = shapely.box(west, south, east, north)
        for slug, shape in self.ground.borders.items():
            seen = shapely.intersection(shape, frame)
            if seen.is_empty:
                continue
            point = seen.representative_point()
            axes.text(
                point.x, point.y, str(self.ground.names[slug]), fontproperties=self.bold, fontsize=8, color=_INK,
                ha="center", va="center", zorder=4, path_effects=[withStroke(linewidth=2.4, foreground="white")],
            )  # fmt: skip

    def _scale(self, axes: Axes) -> None:
        west, east, south, north = self.ground.frame
        x, y = west + (east - west) * 0.03, south + (north - south) * 0.035
        # The longest round length that takes no more than a quarter of the map.
        length = next((metres for metres in _SCALES_M if metres <= (east - west) / 4), _SCALES_M[-1])
        told = self.words.number(length / 1000, 0 if length >= 1000 else 1)
        axes.plot([x, x + length], [y, y], color=_INK, linewidth=2.2, zorder=9, solid_capstyle="butt")
        axes.text(
            x + length / 2, y + (north - south) * 0.012, self.words("picture.kilometres", value=told),
            fontproperties=self.plain, fontsize=7.5, ha="center", va="bottom", color=_INK, zorder=9,
        )  # fmt: skip
        x, y = east - (east - west) * 0.04, north - (north - south) * 0.04
        axes.annotate(
            self.words("picture.north"), (x, y), (x, y - (north - south) * 0.08), fontproperties=self.bold, fontsize=8,
            ha="center", va="center", color=_INK, zorder=9, arrowprops={"arrowstyle": "-|>", "color": _INK, "lw": 1.0},
        )  # fmt: skip

    def _share(self, step: int) -> str:
        """Share of the city's people inside the headline threshold at a moment: median of the draws, range, best case."""
        plan, words = self.plan, self.words
        rows = headline(plan, plan.moments[step])
        drawn, best = rows["drawn"], rows["proposed"].share
        share = drawn.share
        bound = words.bound(plan.threshold, plan.service.unit)
        spread = (
            {"low": words.number(drawn.low * 100, 1), "high": words.percent(drawn.high)}
            if drawn.drawn
            else {}
        )
        shown = words.percent(share)
        if step and abs(best - share) > 0:
            inside = words(
                "picture.share_best" if spread else "picture.share_best_plain",
                best=words.percent(best),
                share=shown,
                **spread,
            )
            return words("picture.within", bound=bound, text=inside)
        return words("picture.share_range" if spread else "picture.share", bound=bound, share=shown, **spread)

    def _legend(self, figure: Figure) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        labels = [*band_labels(self.plan, self.words), self.words("picture.unreachable")]
        inside = self.plan.breaks.index(self.plan.threshold)
        labels[inside] += f" — {self.words('picture.threshold')}"
        patches = [
            Patch(facecolor=colour, edgecolor="none", label=label)
            for colour, label in zip(self.colours, labels, strict=True)
        ]
        signs = [
            Line2D([], [], linestyle="none", marker=look["marker"], markerfacecolor=look["c"], markersize=size,
                   markeredgecolor=look["edgecolors"], label=self.words(f"picture.{key}"))
            for key, look, size in (("existing", _EXISTING, 4), ("stated", _STATED, 7), ("proposed", _PROPOSED, 6))
            if key == "existing" or len(self.plan.builds)
        ]  # fmt: skip
        for handles, height, columns in ((patches, 0.185, len(patches)), (signs, 0.15, 3)):
            figure.add_artist(
                figure.legend(
                    handles=handles, loc="upper left", bbox_to_anchor=(0.024, height), ncols=columns, frameon=False,
                    prop=self._sized(8.5), handlelength=1.4, columnspacing=1.3, handletextpad=0.5, borderpad=0,
                )
            )  # fmt: skip
        draws = self.standards.draws
        note = self.words("picture.note", draws=f"{draws.count.value:g}") if len(self.plan.builds) else ""
        if self.plan.service.draw_existing:
            note = f"{note} {self.words('picture.note_drawn')}".strip()
        source = self.words("picture.source", version=metadata.version("geoplan"), origins=self._origins())
        for height, text in ((0.088, note), (0.042, source)):
            figure.text(
                0.03,
                height,
                _folded(text),
                fontproperties=self.plain,
                fontsize=7.5,
                color=_GREY,
                va="center",
                linespacing=1.4,
            )

    def _origins(self) -> str:
        """Where the layers drawn come from, each origin once."""
        titles = [
            self.words.translate(str(origin["title"]))
            for resource in self.plan.city.package["resources"]
            if str(resource["path"]).split(".", maxsplit=1)[0] in _DRAWN
            for origin in resource.get("sources", [])
        ]
        return "; ".join(dict.fromkeys(titles))

    def _sized(self, size: float) -> FontProperties:
        font = self.plain.copy()
        font.set_size(size)
        return font


_DRAWN = ("districts", "streets", "population", "facilities", "projects")
_EXISTING: dict[str, Any] = {
    "s": 7,
    "c": _INK,
    "marker": "o",
    "linewidths": 0.4,
    "edgecolors": "white",
    "zorder": 5,
}
_STATED: dict[str, Any] = {
    "s": 46,
    "c": "#b3261e",
    "marker": "^",
    "linewidths": 0.7,
    "edgecolors": "white",
    "zorder": 7,
}
_PROPOSED: dict[str, Any] = {
    "s": 26,
    "c": "white",
    "marker": "D",
    "linewidths": 1.1,
    "edgecolors": "#b3261e",
    "zorder": 6,
}


def _raster(plan: Plan, step: int) -> tuple[np.ma.MaskedArray, tuple[float, float, float, float]]:
    """The classes of a moment on the cells' own grid, north up, and its extent in metres."""
    cells = plan.cells
    col = cells["col"].to_numpy()
    x, y = cells["x"].to_numpy(), cells["y"].to_numpy()
    columns = np.arange(col.min(), col.max() + 1)
    # The grid may count its rows from the north or from the south.
    side = abs(float(np.polyfit(col, x, 1)[0]))
    rank = np.round((y.max() - y) / side).astype(int)
    # Numbers under the mask too, not whatever memory holds: matplotlib reckons with them and warns of some.
    grid = np.ma.array(np.zeros((rank.max() + 1, len(columns))), mask=True)
    classes = plan.views["proposed"][step].astype(float)
    classes[classes == UNREACHABLE] = len(plan.breaks) + 1
    grid[rank, col - col.min()] = classes
    extent = (x.min() - side / 2, x.max() + side / 2, y.min() - side / 2, y.max() + side / 2)
    return grid, extent


def _fonts() -> tuple[FontProperties, FontProperties]:
    """Matplotlib's own DejaVu Sans, by file: the same letters on a machine without fonts."""
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return FontProperties(fname=folder / "DejaVuSans.ttf"), FontProperties(
        fname=folder / "DejaVuSans-Bold.ttf"
    )


def _folded(text: str, width: int = 165) -> str:
    """Text on lines of at most `width` characters."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
