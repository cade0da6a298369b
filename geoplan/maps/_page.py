"""Page: one self-contained HTML file - a folium map or a plain page - with everything inlined."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from jinja2 import Environment, FunctionLoader, StrictUndefined
from xstatic.pkg import leaflet

from geoplan.maps._offline import check_offline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoplan.maps._languages import Languages, Words
    from geoplan.maps._tiles import Tiles

__all__ = ["fill_template", "map_page", "plain_page", "safe_json"]

# The browser itself refuses whatever the check of addresses might have missed.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src {images}; connect-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
_PAGE = Template(
    "<!DOCTYPE html>\n"
    '<html lang="{{ this.language|e }}">\n'
    "<head>\n"
    '<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{{ this.policy|e }}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<link rel="icon" href="data:,">\n'
    "<title>{{ this.title|e }}</title>\n"
    "{{ this.header.render(**kwargs) }}\n"
    "</head>\n"
    '<body class="{{ this.kind|e }}">\n'
    "{{ this.html.render(**kwargs) }}\n"
    "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
    "</body>\n"
    "</html>\n"
)
_CORE = ("core.js", "language.js", "format.js")
# What a map page is made of, by what it shows: a service's plan by year, or sites proposed where to build next.
_MAP_SCRIPTS = {
    "service": (
        *_CORE, "decode.js", "canvas.js", "steps.js", "states.js", "cells.js", "ground.js", "sign.js", "popup.js",
        "sites.js", "slider.js", "controls.js", "swipe.js", "area.js", "search.js", "legend.js", "tables.js", "panel.js",
        "builds.js", "gaps.js", "print.js", "tiles.js", "frame.js", "app.js",
    ),
    "choice": (
        *_CORE, "decode.js", "canvas.js", "choice_states.js", "cells.js", "ground.js", "sign.js", "choice_sites.js",
        "choice_legend.js", "print.js", "frame.js", "choice.js",
    ),
}  # fmt: skip
_MAP_STYLES = {
    "service": ("base.css", "map.css", "panel.css", "story.css", "print.css"),
    "choice": ("base.css", "map.css", "panel.css", "story.css", "print.css", "choice.css"),
}
_INDEX_SCRIPTS = (*_CORE, "index.js")
_INDEX_STYLES = ("base.css", "index.css")


class _Raw(Element):
    """Text that goes into the page as it is; branca would read its braces as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class _Page(Figure):
    """A whole page: branca's figure with a language, a viewport and a policy that forbids loading."""

    _template = _PAGE

    def __init__(self, texts: Languages, *, title: Words, kind: str, tiles: Tiles | None = None) -> None:
        super().__init__(title=title[texts.language])
        self.language = texts.language
        self.policy = _POLICY.format(images=f"data: {tiles.host}" if tiles else "data:")
        self.kind = kind
        self.header._children.clear()  # noqa: SLF001 - a second charset declaration


class _Map(folium.Map):
    """A folium map that loads nothing and takes its place and size from the page's own style sheet."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }} role="region" {{ this.label.attribute("aria-label") }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )

    def __init__(self, name: str, label: Words, location: Sequence[float]) -> None:
        super().__init__(
            location=location, tiles=None, zoom_start=11, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5,
            min_zoom=9, max_zoom=17, wheel_px_per_zoom_level=90,
        )  # fmt: skip
        self.default_js = []
        self.default_css = []
        # folium draws names at random; the same plan must give the same bytes.
        self._id = name
        self.label = label


class _Start(MacroElement):
    """Hands the finished map to the page's scripts."""

    _template = Template(
        "{% macro script(this, kwargs) %}G.start({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Start"
        self._id = "page"


def map_page(
    body: str,
    data: dict[str, Any],
    texts: Languages,
    *,
    name: str,
    title: Words,
    label: Words,
    location: Sequence[float],
    tiles: Tiles | None = None,
    shows: Literal["service", "choice"] = "service",
) -> str:
    """Return a page with a full map: `body` beside it, `data` for its scripts, which are those of what it `shows`.

    With `tiles` the page offers a layer of them, off until a reader switches it on, and its policy lets pictures be loaded
    from their host alone.

    Raises
    ------
    OutputError
        If the page would load anything from outside itself.
    """
    chart = _Map(name, label, location)
    chart.add_child(_Start())
    figure = _Page(texts, title=title, kind="service", tiles=tiles)
    figure.add_child(chart, name="map")
    figure.header.add_child(_Raw(f"<style>\n{_leaflet_css()}\n{_assets(_MAP_STYLES[shows])}</style>"))
    figure.header.add_child(_Raw(f"<script>\n{_leaflet_js()}\n</script>"))
    figure.script.add_child(_Raw(_assets(_MAP_SCRIPTS[shows])))
    extra = {"title": title.as_dict(), "tiles": tiles.address if tiles else None}
    return _finish(figure, body, data | extra, name)


def plain_page(body: str, data: dict[str, Any], texts: Languages, *, name: str, title: Words) -> str:
    """Return a page without a map library.

    Raises
    ------
    OutputError
        If the page would load anything from outside itself.
    """
    figure = _Page(texts, title=title, kind="index")
    figure.header.add_child(_Raw(f"<style>\n{_assets(_INDEX_STYLES)}</style>"))
    figure.script.add_child(_Raw(_assets(_INDEX_SCRIPTS)))
    return _finish(figure, body, data | {"title": title.as_dict()}, name)


def fill_template(name: str, texts: Languages, **values: object) -> str:
    """Return a template of the assets filled with values, every one escaped.

    Raises
    ------
    jinja2.UndefinedError
        If the template needs a value that is not given.
    """
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(t=texts, **values)


def safe_json(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _finish(figure: _Page, body: str, data: dict[str, Any], name: str) -> str:
    figure.html.add_child(_Raw(body))
    figure.html.add_child(
        _Raw(f'<script type="application/json" id="geoplan-data">{safe_json(data)}</script>')
    )
    page: str = figure.render()
    check_offline(page, f"{name}.html")
    return page


def _asset(name: str) -> str:
    return (resources.files("geoplan.maps") / "assets" / name).read_text(encoding="utf-8")


def _assets(names: Sequence[str]) -> str:
    return "".join(_asset(name) for name in names)


@lru_cache(maxsize=1)
def _leaflet_js() -> str:
    text = (Path(leaflet.BASE_DIR) / "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"//# sourceMappingURL=\S+", "", text).strip()


@lru_cache(maxsize=1)
def _leaflet_css() -> str:
    """Leaflet's style sheet without its pictures: the pages use neither its layer switch nor its marker."""
    text = (Path(leaflet.BASE_DIR) / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/[^)]+\)", "none", text)
