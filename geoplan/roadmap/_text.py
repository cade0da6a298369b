"""The document's bytes as text: encodings, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from geoplan.errors import InputError

__all__ = ["read_text"]

# Control characters that no text document holds; tab, line feed, carriage return, form feed and NEL-likes are kept.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# A character of UTF-8 has at most 4 bytes: a fault nearer to the end than this is a file cut inside a character.
_LONGEST_CHARACTER = 4


def read_text(path: Path) -> tuple[str, bool]:
    r"""Read a text document in UTF-8, UTF-16 (with its mark) or cp1251.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    text, cut
        The text with ``\n`` line ends, and whether the file ends inside a character.

    Raises
    ------
    InputError
        If there is no such file, it is a folder, cannot be opened, is empty or holds no text.
    """
    path = Path(path)
    if path.is_dir():
        msg = f"{path}: is a folder, not a roadmap document"
        raise InputError(msg)
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        msg = f"{path}: no such file"
        raise InputError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(msg) from error
    text, cut = _decode(raw)
    if text is None or _CONTROL.search(text):
        msg = f"{path}: is not a text document (UTF-8, UTF-16 or cp1251)"
        raise InputError(msg)
    if not text.strip():
        msg = f"{path}: is empty"
        raise InputError(msg)
    return text.replace("\r\n", "\n").replace("\r", "\n"), cut


def _decode(raw: bytes) -> tuple[str | None, bool]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16"), False
        except UnicodeDecodeError:
            return None, False
    try:
        return raw.decode("utf-8-sig"), False
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(raw) - error.start < _LONGEST_CHARACTER:
            return raw[: error.start].decode("utf-8-sig"), True
    try:
        return raw.decode("cp1251"), False
    except UnicodeDecodeError:
        return None, False
