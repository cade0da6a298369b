"""Offline: refuse a page that would make a browser load anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from geoplan.errors import OutputError

__all__ = ["check_offline", "find_addresses"]

_LOADING_ATTRIBUTES = {
    "src",
    "srcset",
    "poster",
    "data",
    "background",
    "action",
    "formaction",
    "manifest",
    "ping",
}
# Tags whose href is followed without a click.
_LOADING_HREF = {"link", "image", "use", "base", "script", "feimage", "pattern"}
_CSS = re.compile(r"url\(\s*['\"]?(?!data:|#)([^)'\"]+)|@import\s+([^;]+)", re.IGNORECASE)
_CALLS = re.compile(
    r"\b(fetch|importScripts|sendBeacon|import)\s*\(|\b(XMLHttpRequest|WebSocket|EventSource|SharedWorker)\b"
    r"|\bnew\s+Worker\b"
)
# A script may name an address only as a namespace or inside the text of an anchor.
_ADDRESS = re.compile(r"(?P<lead><a href=)?[\"'](?P<address>(?:https?:|wss?:)?//[^\"'\s]+)", re.IGNORECASE)
_NAMESPACES = ("http://www.w3.org/",)


def check_offline(page: str, name: str) -> None:
    """Raise if the page would load something from outside itself.

    Plain links (`<a href>`) are left: a browser follows them on a click only.

    Raises
    ------
    OutputError
        If an address is left; the text names the page and the first of them.
    """
    found = find_addresses(page)
    if found:
        msg = f"{name}: the page would load {found[0]!r}: inline it ({len(found)} in all)"
        raise OutputError(msg)


def find_addresses(page: str) -> list[str]:
    """Return what a browser would load on opening the page: addresses, and calls that could fetch one.

    Raises
    ------
    None
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in {"style", "script"} else ""
        if tag == "script" and values.get("type", "").endswith("json"):
            self._inside = ""
        loading = {name: value for name, value in values.items() if name in _LOADING_ATTRIBUTES}
        if tag in _LOADING_HREF:
            loading |= {name: value for name, value in values.items() if name in {"href", "xlink:href"}}
        if tag in {"iframe", "frame", "object", "embed"}:
            self.found.append(f"<{tag}>")
        self.found += [v for v in loading.values() if v and not v.startswith(("data:", "#"))]
        if values.get("http-equiv", "").lower() == "refresh":
            self.found.append(values.get("content", "refresh"))
        self._read_css(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self._read_css(data)
        elif self._inside == "script":
            self._read_script(data)

    def _read_css(self, text: str) -> None:
        self.found += [first or second for first, second in _CSS.findall(text)]

    def _read_script(self, text: str) -> None:
        self.found += [match.group(0) for match in _CALLS.finditer(text)]
        self.found += [
            match.group("address")
            for match in _ADDRESS.finditer(text)
            if not match.group("lead") and not match.group("address").startswith(_NAMESPACES)
        ]
