"""Asking servers politely through osmnx: one question at a time, kept answers, limits, retries with back-off."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import requests

from geoplan.errors import InputError
from geoplan.layers.fetch.servers import NOMINATIM, OVERPASS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Polite", "limits_of"]

_AGENT = "geoplan (planning of public facilities; https://pypi.org/project/geoplan)"
_BUSY = frozenset({429, 500, 502, 503, 504})
_MEGABYTE = 1_000_000
_CHUNK = 1 << 16
_LONGEST_WAIT_S = 300.0
# Overpass gives up so long before we do: then it says why.
_SPARE_S = 15
_SETTINGS = (
    *("overpass_url", "nominatim_url", "cache_folder", "use_cache", "http_user_agent", "http_referer"),
    *(
        "requests_timeout",
        "requests_kwargs",
        "overpass_rate_limit",
        "doh_url_template",
        "max_query_area_size",
    ),
)


class _AgainError(Exception):
    """The server could not answer now: worth asking again."""

    def __init__(self, cause: str, wait_s: float | None = None) -> None:
        super().__init__(cause)
        self.wait_s = wait_s


class _RefusedError(Exception):
    """The server answered, and will answer the same again."""


@dataclass
class Polite:
    """How servers are asked.

    Attributes
    ----------
    cache
        Folder that keeps every good answer: nothing is asked twice, and a fetch that was broken off goes on where it was.
    overpass, nominatim
        Addresses of the servers, without `/interpreter` and `/search`.
    timeout_s
        How long to wait for a server, and how long Overpass may work on one question.
    tries
        How often one question is asked before giving up.
    first_wait_s
        Pause after a first failure; doubled after each other, 300 s at most. A server's own Retry-After goes before.
    max_mb
        Largest answer taken.
    max_tile_km2
        Larger areas are asked for in parts of about this size.
    slots
        Ask Overpass for a free slot before each question, as its public servers want.
    tell
        Called with a line when a question has to wait.
    sleep
        Waits so many seconds.
    """

    cache: Path = Path()
    overpass: str = OVERPASS
    nominatim: str = NOMINATIM
    timeout_s: int = 180
    tries: int = 6
    first_wait_s: float = 5.0
    max_mb: int = 400
    max_tile_km2: float = 400.0
    slots: bool = True
    tell: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = time.sleep

    def search(self, place: str, limit: int = 10) -> list[dict[str, Any]]:
        """Ask Nominatim for a place by name.

        Raises
        ------
        InputError
            If it does not answer, or not as Nominatim does.
        """
        from osmnx import _nominatim

        params: OrderedDict[str, int | str] = OrderedDict(
            format="json", polygon_geojson=1, namedetails=1, dedupe=0, limit=limit, q=place
        )
        url = self.nominatim.rstrip("/") + "/search"
        return self._ask(
            self.nominatim,
            str(requests.Request("GET", url, params=params).prepare().url),
            lambda: _nominatim._nominatim_request(params),  # noqa: SLF001 - the public calls give no names
        )

    def query(self, text: str) -> dict[str, Any]:
        """Ask Overpass; `text` is the question without its settings.

        Raises
        ------
        InputError
            If it does not answer, or not as Overpass does.
        """
        from osmnx import _overpass

        data = OrderedDict(data=f"[out:json][timeout:{max(self.timeout_s - _SPARE_S, 1)}];{text}")
        url = self.overpass.rstrip("/") + "/interpreter"
        return self._ask(
            self.overpass,
            str(requests.Request("GET", url, params=data).prepare().url),
            lambda: _overpass._overpass_request(data),  # noqa: SLF001 - the public calls ask for no restrictions
        )

    def _ask(self, server: str, key: str, question: Callable[[], Any]) -> Any:
        """Ask until there is an answer, or as often as is polite."""
        cause = ""
        for attempt in range(self.tries):
            try:
                with self._osmnx():
                    return question()
            except json.JSONDecodeError:
                # `_checked` let no broken answer pass: the kept one is broken, written when the last run was cut off
                self._forget(key)
                cause, wait = "a kept answer is broken", 0.0
            except _AgainError as error:
                cause = str(error)
                wait = error.wait_s if error.wait_s is not None else self.first_wait_s * 2**attempt
            except _RefusedError as error:
                msg = f"{server}: {error}"
                raise InputError(msg) from error
            except requests.RequestException as error:
                cause, wait = _plain(error), self.first_wait_s * 2**attempt
            if attempt + 1 < self.tries:
                wait = min(wait, _LONGEST_WAIT_S)
                self.tell(f"{server}: {cause}; asked again in {wait:.0f} s")
                self.sleep(wait)
        msg = (
            f"{server}: no usable answer in {self.tries} tries ({cause}); what came is kept in {self.cache}:"
            " run the same command later to go on from there"
        )
        raise InputError(msg)

    def tiles(self, area: Any) -> list[str]:
        """Return an area as corner lists for Overpass, cut into parts of at most about `max_tile_km2`."""
        from osmnx import _overpass

        with self._osmnx():
            return list(_overpass._make_overpass_polygon_coord_strs(area))  # noqa: SLF001 - as osmnx asks itself

    @contextlib.contextmanager
    def _osmnx(self) -> Iterator[None]:
        """Set osmnx up for one question, and leave it and the name resolver as they were."""
        import osmnx

        settings = osmnx.settings
        before = {name: getattr(settings, name) for name in _SETTINGS}
        resolver = socket.getaddrinfo
        values = (
            *(self.overpass, self.nominatim, str(self.cache), True, _AGENT, _AGENT),
            *(self.timeout_s, {"hooks": {"response": self._checked}, "stream": True}, self.slots, None),
            self.max_tile_km2 * 1e6,
        )
        try:
            for name, value in zip(_SETTINGS, values, strict=True):
                setattr(settings, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(settings, name, value)
            # osmnx pins the server's address for the whole process
            socket.getaddrinfo = resolver

    def _checked(self, response: requests.Response, **_kwargs: Any) -> requests.Response:
        """Look at an answer before osmnx takes and keeps it."""
        if 300 <= response.status_code < 400:
            return response
        path = urlparse(response.url).path
        code = response.status_code
        if code in _BUSY:
            told = response.headers.get("Retry-After", "")
            response.close()
            msg = f"answered {code}"
            raise _AgainError(msg, float(told) if told.isdecimal() else None)
        content = self._content(response)
        if path.endswith("/status"):
            return response
        if code >= 400:
            words = " ".join(content.decode("utf-8", "replace").split())[:200]
            msg = f"refused the question with {code}: {words}"
            raise _RefusedError(msg)
        _well_formed(content, places=not path.endswith("/interpreter"))
        return response

    def _content(self, response: requests.Response) -> bytes:
        """Read an answer, up to the limit, within reason of time."""
        parts, size = [], 0
        latest = time.monotonic() + 2 * self.timeout_s
        try:
            for part in response.iter_content(_CHUNK):
                size += len(part)
                if size > self.max_mb * _MEGABYTE:
                    msg = f"the answer is larger than {self.max_mb} MB; ask for a smaller area or raise GEOPLAN_FETCH_MAX_MB"
                    raise _RefusedError(msg)
                if time.monotonic() > latest:
                    msg = f"the answer took longer than {2 * self.timeout_s} s"
                    raise _AgainError(msg)
                parts.append(part)
        finally:
            response.close()
        told = response.headers.get("Content-Length", "")
        coded = response.headers.get("Content-Encoding", "")
        if told.isdecimal() and not coded and int(told) != size:
            msg = f"the answer was cut off after {size} of {told} bytes"
            raise _AgainError(msg)
        content = b"".join(parts)
        response._content = content  # noqa: SLF001 - what `response.content` gives from here on
        return content

    def _forget(self, key: str) -> None:
        from osmnx import _http

        with self._osmnx():
            _http._resolve_cache_filepath(key).unlink(missing_ok=True)  # noqa: SLF001 - osmnx's own name of the file


def limits_of(environment: Mapping[str, str]) -> Polite:
    """Return how to ask, with the limits that the environment sets.

    Parameters
    ----------
    environment
        GEOPLAN_FETCH_TIMEOUT_S, GEOPLAN_FETCH_TRIES, GEOPLAN_FETCH_FIRST_WAIT_S, GEOPLAN_FETCH_MAX_MB; whole numbers.

    Raises
    ------
    InputError
        If one is no whole number, or (but for the wait) is 0.
    """
    limits: dict[str, Any] = {}
    for name in ("timeout_s", "tries", "first_wait_s", "max_mb"):
        text = environment.get(f"GEOPLAN_FETCH_{name.upper()}", "").strip()
        if not text:
            continue
        least = 0 if name == "first_wait_s" else 1
        if not text.isdecimal() or int(text) < least:
            msg = f"GEOPLAN_FETCH_{name.upper()}={text!r}: must be a whole number of at least {least}"
            raise InputError(msg)
        limits[name] = int(text)
    return Polite(**limits)


def _well_formed(content: bytes, *, places: bool) -> None:
    """Raise if an answer is not what the server gives; so says Overpass, with status 200, when it gave up half-way."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        msg = "the answer is not JSON"
        raise _AgainError(msg) from error
    if places:
        if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
            msg = "the answer is no list of places"
            raise _AgainError(msg)
        return
    if not isinstance(answer, dict):
        msg = "the answer is not of the expected form"
        raise _AgainError(msg)
    remark = answer.get("remark")
    if remark:
        msg = f"gave up: {' '.join(str(remark).split())[:160]}"
        raise _AgainError(msg)
    elements = answer.get("elements")
    if not isinstance(elements, list) or not all(map(_is_element, elements)):
        msg = "the answer holds no well-formed elements"
        raise _AgainError(msg)


def _is_element(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("id"), int):
        return False
    if not isinstance(item.get("tags", {}), dict):
        return False
    if item.get("type") == "node":
        return _is_degree(item.get("lon"), 180.0) and _is_degree(item.get("lat"), 90.0)
    if item.get("type") == "way":
        nodes = item.get("nodes")
        return isinstance(nodes, list) and all(isinstance(ref, int) for ref in nodes)
    members = item.get("members")
    return (
        item.get("type") == "relation"
        and isinstance(members, list)
        and all(isinstance(m, dict) and isinstance(m.get("ref"), int) for m in members)
    )


def _is_degree(value: Any, limit: float) -> bool:
    return isinstance(value, int | float) and abs(value) <= limit


def _plain(error: requests.RequestException) -> str:
    """Say in a few words what went wrong with a connection."""
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection was cut"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached, or cut the connection"
    return (str(error).strip() or type(error).__name__).splitlines()[0][:160]
