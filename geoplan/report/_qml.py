"""QML: styles in QGIS's own XML, as small as QGIS needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Look", "by_category", "by_range"]

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True)
class Look:
    """How one class is drawn and named: colours as #rrggbb; `shape` for points, `size` in mm; no fill where None."""

    label: str
    colour: str | None
    outline: str | None = None
    shape: str = ""
    size: float = 2.4


def by_category(attribute: str, values: Sequence[int | str], looks: Sequence[Look]) -> str:
    """Return a style that colours by the value of an attribute."""
    root, renderer = _renderer("categorizedSymbol", attribute)
    categories = ET.SubElement(renderer, "categories")
    for position, (value, look) in enumerate(zip(values, looks, strict=True)):
        ET.SubElement(
            categories, "category", symbol=str(position), value=str(value), label=look.label, render="true",
            type="long" if isinstance(value, int) else "string",
        )  # fmt: skip
    return _finish(root, renderer, looks)


def by_range(attribute: str, bounds: Sequence[tuple[float, float]], looks: Sequence[Look]) -> str:
    """Return a style that colours by the range that an attribute lies in."""
    root, renderer = _renderer("graduatedSymbol", attribute)
    ranges = ET.SubElement(renderer, "ranges")
    for position, ((low, high), look) in enumerate(zip(bounds, looks, strict=True)):
        ET.SubElement(
            ranges, "range", symbol=str(position), lower=f"{low:.6f}", upper=f"{high:.6f}", label=look.label, render="true",
        )  # fmt: skip
    return _finish(root, renderer, looks)


def _renderer(kind: str, attribute: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type=kind, attr=attribute, symbollevels="0", enableorderby="0", forceraster="0"
    )
    return root, renderer


def _finish(root: ET.Element, renderer: ET.Element, looks: Sequence[Look]) -> str:
    symbols = ET.SubElement(renderer, "symbols")
    for position, look in enumerate(looks):
        kind = "marker" if look.shape else "fill"
        symbol = ET.SubElement(
            symbols, "symbol", name=str(position), type=kind, alpha="1", clip_to_extent="1", force_rhr="0"
        )
        layer = ET.SubElement(
            symbol,
            "layer",
            {"class": "SimpleMarker" if look.shape else "SimpleFill", "enabled": "1", "pass": "0"},
        )
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in _properties(look).items():
            ET.SubElement(options, "Option", name=name, value=value, type="QString")
            # Before 3.26 QGIS reads this form only.
            ET.SubElement(layer, "prop", k=name, v=value)
    return _HEAD + ET.tostring(root, encoding="unicode")


def _properties(look: Look) -> dict[str, str]:
    colour, outline = _rgba(look.colour), _rgba(look.outline)
    if look.shape:
        return {
            "name": look.shape, "color": colour, "size": f"{look.size:g}", "size_unit": "MM",
            "outline_color": outline, "outline_style": "solid" if look.outline else "no", "outline_width": "0.4",
            "outline_width_unit": "MM",
        }  # fmt: skip
    return {
        "color": colour, "style": "solid" if look.colour else "no", "outline_color": outline,
        "outline_style": "solid" if look.outline else "no", "outline_width": "0.4", "outline_width_unit": "MM",
    }  # fmt: skip


def _rgba(colour: str | None) -> str:
    if colour is None:
        return "0,0,0,0"
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"
