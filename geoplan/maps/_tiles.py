"""Tiles: an optional layer of map pictures from a public server, which a reader of the page switches on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OPENSTREETMAP", "Tiles"]


@dataclass(frozen=True)
class Tiles:
    """Where tiles come from: the one host that the page's policy then lets pictures be loaded from, and the path."""

    host: str
    path: str

    @property
    def address(self) -> str:
        """Address of a tile, {z}, {x} and {y} to be filled in."""
        return self.host + self.path


# Its policy asks for attribution, which every page has, and for a Referer, which a page opened from a file does not send.
OPENSTREETMAP = Tiles(host="https://tile.openstreetmap.org", path="/{z}/{x}/{y}.png")
