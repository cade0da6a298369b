"""Where the layers that come with geoplan lie, in a checkout and when installed."""

from __future__ import annotations

from pathlib import Path

from geoplan.errors import LayerError

__all__ = ["shipped_layers"]

# pyproject.toml maps the repository's `layers` to this package, so that an installation holds them inside
# itself.
_INSTALLED = "shipped"
_CHECKOUT = "layers"


def shipped_layers() -> Path:
    """Return the folder that holds standards.toml and a folder for each shipped city.

    Raises
    ------
    LayerError
        If neither an installation's nor a checkout's folder is there.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / _INSTALLED, package.parent / _CHECKOUT):
        if (folder / "standards.toml").is_file():
            return folder
    msg = f"{package / _INSTALLED}: shipped layers missing; install geoplan again or name a folder of layers"
    raise LayerError(msg)
