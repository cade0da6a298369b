"""Encode: arrays as short base64 text that a page can turn back into typed arrays."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = ["UNREACHABLE", "pack", "pack_classes", "quantise", "unpack", "unpack_classes"]

UNREACHABLE = 255
_UNREACHABLE_NIBBLE = 15
_STEPS = 65_535


def pack(values: np.ndarray, dtype: str) -> str:
    """Return the little-endian bytes of `values` in base64.

    Parameters
    ----------
    values
        Whole numbers of any shape; read in C order.
    dtype
        A numpy type name: uint8, uint16, uint32.

    Raises
    ------
    InputError
        If a value does not fit the type.
    """
    array = np.asarray(values)
    limits = np.iinfo(dtype)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        msg = f"values {array.min()} to {array.max()} do not fit {dtype}"
        raise InputError(msg)
    return base64.b64encode(array.astype(np.dtype(dtype).newbyteorder("<")).tobytes()).decode("ascii")


def unpack(text: str, dtype: str) -> np.ndarray:
    """Turn the text of `pack` back into a flat array.

    Raises
    ------
    ValueError
        If the text is not base64 or does not hold whole items.
    """
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=np.dtype(dtype).newbyteorder("<"))


def pack_classes(classes: np.ndarray) -> str:
    """Return access classes two to a byte, the even cell in the low half, in base64.

    Parameters
    ----------
    classes
        uint8, 0 to 14, and 255 for unreachable (stored as 15).

    Raises
    ------
    InputError
        If another class is met: half a byte holds 16 values.
    """
    flat = np.asarray(classes, dtype=np.uint8).ravel()
    if ((flat >= _UNREACHABLE_NIBBLE) & (flat != UNREACHABLE)).any():
        msg = f"map classes may be 0 to 14 or {UNREACHABLE}, not {sorted(set(flat[flat > 14].tolist()))}"
        raise InputError(msg)
    small = np.where(flat == UNREACHABLE, _UNREACHABLE_NIBBLE, flat).astype(np.uint8)
    if small.size % 2:
        small = np.append(small, np.uint8(0))
    return pack(small[0::2] | (small[1::2] << 4), "uint8")


def unpack_classes(text: str, count: int) -> np.ndarray:
    """Turn the text of `pack_classes` back into `count` classes, uint8.

    Raises
    ------
    ValueError
        If the text is not base64.
    """
    both = unpack(text, "uint8")
    out = np.stack([both & 15, both >> 4], axis=1).ravel()[:count].astype(np.uint8)
    out[out == _UNREACHABLE_NIBBLE] = UNREACHABLE
    return out


def quantise(values: ArrayLike, bounds: Sequence[float]) -> np.ndarray:
    """Return `values` as 0 … 65535 between two bounds: about 0.6 m of longitude over a city.

    Raises
    ------
    InputError
        If a value lies outside the bounds.
    """
    low, high = bounds
    scaled = np.rint((np.asarray(values, dtype=float) - low) / (high - low) * _STEPS)
    if scaled.size and (scaled.min() < 0 or scaled.max() > _STEPS):
        msg = f"a coordinate lies outside {low} … {high}"
        raise InputError(msg)
    return scaled.astype(np.uint16)
