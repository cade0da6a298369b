"""Palette: colours of the access classes, safe for colour-blind readers, with a break at the headline threshold."""

from __future__ import annotations

from geoplan.errors import InputError

__all__ = [
    "UNREACHABLE_COLOUR", "class_colours", "gap_bins", "gap_colour", "gap_ink", "share_bins", "share_colour", "share_ink",
]  # fmt: skip

# Within the threshold: blue, darkest nearest. Beyond it: yellow to brown, darkest farthest. The hue turns at the
# threshold, lightness runs away from it on both sides (after ColorBrewer's Blues and YlOrBr: Harrower & Brewer, 2003).
_WITHIN = {1: ["#3182bd"], 2: ["#1c5fa8", "#7fb8dd"], 3: ["#174f90", "#4a94c8", "#a5cfe6"]}
_BEYOND = {
    1: ["#e8862b"],
    2: ["#fbc95c", "#c4560f"],
    3: ["#fdd87a", "#ee9033", "#a8450c"],
    4: ["#fede8c", "#f6a83f", "#d86a17", "#8c3a08"],
    5: ["#fee39b", "#fbb74f", "#ea872b", "#c25a10", "#7d3407"],
}
UNREACHABLE_COLOUR = "#5d5a66"
# Shares of people covered, 0 to 100 %: one hue, light is little.
_SHARES = [
    (0.0, 0.2, "#f6efe2"), (0.2, 0.4, "#dbe6ef"), (0.4, 0.6, "#abcbe4"), (0.6, 0.8, "#6aa5d2"), (0.8, 1.0, "#1c5fa8"),
]  # fmt: skip
# Shares of people left out: the warm side of the same scale, dark is much; the last column is the ink on it. Steps and ink
# hold for red-blind and green-blind eyes too, to whom these hues are one and only lightness is left.
_GAPS = [
    (0.0, 0.2, "#fff7e8", "#17222d"), (0.2, 0.4, "#fee3ae", "#17222d"), (0.4, 0.6, "#fcc368", "#17222d"),
    (0.6, 0.7, "#e88a35", "#17222d"), (0.7, 0.8, "#ae4d0c", "#ffffff"), (0.8, 1.0, "#662803", "#ffffff"),
]  # fmt: skip


def class_colours(breaks: list[float], threshold: float) -> list[str]:
    """Return one colour for each class: those up to the threshold, then those beyond, the open one last.

    Raises
    ------
    InputError
        If the threshold is not one of the bounds, or there are more classes than colours told apart.
    """
    if threshold not in breaks:
        msg = f"the threshold {threshold:g} is not one of the map's bounds {breaks}"
        raise InputError(msg)
    within = breaks.index(threshold) + 1
    beyond = len(breaks) + 1 - within
    if within not in _WITHIN or beyond not in _BEYOND:
        msg = f"no palette for {within} classes within the threshold and {beyond} beyond it"
        raise InputError(msg)
    return _WITHIN[within] + _BEYOND[beyond]


def share_colour(share: float) -> str:
    """Return the colour of a share of people covered, 0 to 1.

    Raises
    ------
    None
    """
    return next(colour for low, _, colour in reversed(_SHARES) if share >= low or low == 0)


def share_bins() -> list[tuple[float, float, str]]:
    """Return the bins of `share_colour`: from, up to, colour.

    Raises
    ------
    None
    """
    return list(_SHARES)


def share_ink(share: float) -> str:
    """Return the colour of text that is legible on `share_colour`.

    Raises
    ------
    None
    """
    return "#ffffff" if share >= 0.8 else "#17222d"


def gap_colour(share: float) -> str:
    """Return the colour of a share of people left out, 0 to 1: dark is much.

    Raises
    ------
    None
    """
    return next(colour for low, _, colour, _ in reversed(_GAPS) if share >= low or low == 0)


def gap_ink(share: float) -> str:
    """Return the colour of text that is legible on `gap_colour`.

    Raises
    ------
    None
    """
    return next(ink for low, _, _, ink in reversed(_GAPS) if share >= low or low == 0)


def gap_bins() -> list[tuple[float, float, str]]:
    """Return the bins of `gap_colour`: from, up to, colour.

    Raises
    ------
    None
    """
    return [(low, high, colour) for low, high, colour, _ in _GAPS]
