"""A server on loopback that plays Overpass and Nominatim, with faults on order."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from osm_town import at

STATUS = (
    "Connected as: 1\nCurrent time: 2026-11-24T00:00:00Z\nAnnounced endpoint: none\nRate limit: 2\n"
    "2 slots available now.\n"
)
FULL_TYPES = {"n": "node", "w": "way", "r": "relation"}


class World:
    """Nodes, ways and relations as `osm_town.write_osm` takes them, asked for by what they bear."""

    def __init__(self, nodes, ways, relations):
        self.nodes, self.ways, self.relations = nodes, ways, relations

    def asked(self, question):
        if "highway" in question:
            ways = self._ways(lambda tags: "highway" in tags)
            relations = {n: r for n, r in self.relations.items() if r[1].get("type") == "restriction"}
            return self._elements(ways, relations, set())
        if "boundary" in question:
            relations = {n: r for n, r in self.relations.items() if r[1].get("boundary") == "administrative"}
            members = {ref for parts, _ in relations.values() for _, ref, _ in parts}
            return self._elements({n: self.ways[n] for n in sorted(members)}, relations, set())
        keys = (
            {"amenity", "emergency"} if '"amenity"~"^(school' in question else {"place", "addr:housenumber"}
        )
        ways = self._ways(lambda tags: keys & tags.keys())
        nodes = {n for n, told in self.nodes.items() if isinstance(told[0], tuple) and keys & told[1].keys()}
        return self._elements(ways, {}, nodes)

    def _ways(self, fits):
        return {n: way for n, way in self.ways.items() if fits(way[1])}

    def _elements(self, ways, relations, nodes):
        out = []
        for number in sorted({ref for refs, _ in ways.values() for ref in refs} | nodes):
            told = self.nodes[number]
            place, tags = told if isinstance(told[0], tuple) else (told, {})
            lon, lat = at(*place)
            out.append(
                {"type": "node", "id": number, "lon": lon, "lat": lat, **({"tags": tags} if tags else {})}
            )
        out += [{"type": "way", "id": n, "nodes": refs, "tags": tags} for n, (refs, tags) in ways.items()]
        for n, (parts, tags) in relations.items():
            members = [{"type": FULL_TYPES[kind], "ref": ref, "role": role} for kind, ref, role in parts]
            out.append({"type": "relation", "id": n, "members": members, "tags": tags})
        return out


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's `played` says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        played, url = self.server.played, urlparse(self.path)
        if url.path.endswith("/status"):
            played.statuses += 1
            self.reply(200, STATUS.encode())
        elif url.path.endswith("/search"):
            played.searches.append(parse_qs(url.query))
            self.answer(played.places)

    def do_POST(self):
        played = self.server.played
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        question = parse_qs(body)["data"][0]
        played.questions.append(question)
        stamp = {"timestamp_osm_base": "2026-11-20T10:00:00Z"}
        self.answer({"version": 0.6, "osm3s": stamp, "elements": played.world.asked(question)})

    def answer(self, value):
        played = self.server.played
        played.agents.add(self.headers["User-Agent"])
        played.at_once += 1
        played.most_at_once = max(played.most_at_once, played.at_once)
        fault = played.faults.pop(0) if played.faults else None
        raw = json.dumps(value).encode()
        if fault is None:
            self.reply(200, raw)
        elif fault == "cut":
            self.reply(200, raw[: len(raw) // 2], length=len(raw))
        elif fault == "hang up":
            self.close_connection = True
        elif isinstance(fault, bytes):
            self.reply(200, fault)
        elif isinstance(fault, tuple):
            self.reply(fault[0], b"busy", more={"Retry-After": fault[1]})
        else:
            self.reply(fault, b"the server says no")
        played.at_once -= 1

    def reply(self, status, raw, *, length=None, more=None):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw) if length is None else length))
        for name, told in (more or {}).items():
            self.send_header(name, told)
        self.end_headers()
        # the other side may stop reading an answer that is too long
        with contextlib.suppress(ConnectionError):
            self.wfile.write(raw)
        if length is not None:
            self.close_connection = True

    def handle(self):
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_):
        pass


class Played:
    """The server: what it was asked, and the faults that it plays first, one a question."""

    def __init__(self, world, places):
        self.world, self.places = world, places
        self.questions, self.searches, self.statuses = [], [], 0
        self.faults = []
        self.agents = set()
        self.at_once = self.most_at_once = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.played = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
