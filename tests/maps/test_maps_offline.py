import re

import pytest

from geoplan.errors import OutputError
from geoplan.maps import write
from geoplan.maps._offline import check_offline, find_addresses


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/leaflet.js"></script>',
        '<script src="leaflet.js"></script>',
        '<link rel="stylesheet" href="https://cdn.example/a.css">',
        '<img src="//example.org/a.png">',
        '<img srcset="a.png 2x">',
        "<style>a { background: url(images/layers.png) }</style>",
        "<style>@import 'a.css';</style>",
        '<p style="background: url(http://example.org/a.png)"></p>',
        '<svg><image href="a.png"></image></svg>',
        '<svg><use xlink:href="sprite.svg#a"></use></svg>',
        "<script>fetch(name)</script>",
        "<script>new XMLHttpRequest()</script>",
        '<script>L.tileLayer("https://tile.example/{z}/{x}/{y}.png")</script>',
        "<script>var a = '//tile.example/a.png'</script>",
        '<script>import("./a.js")</script>',
        '<iframe src="about:blank"></iframe>',
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        '<object data="a.svg"></object>',
        '<form action="https://example.org"></form>',
    ],
)
def test_whatever_a_browser_would_load_is_found(page):
    assert find_addresses(page)
    with pytest.raises(OutputError, match=r"school\.html: the page would load"):
        check_offline(page, "school.html")


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://www.openstreetmap.org/copyright">OSM</a>',
        '<a href="data/coverage.csv">coverage.csv</a>',
        '<link rel="icon" href="data:,">',
        '<img src="data:image/gif;base64,R0lGOD">',
        '<script>document.createElementNS("http://www.w3.org/2000/svg", "path")</script>',
        "<style>v { behavior: url(#default#VML) }</style>",
        '<script type="application/json">{"source": "https://example.org", "call": "fetch(x)"}</script>',
        "<p>https://example.org</p>",
    ],
)
def test_links_and_citations_are_left_alone(page):
    assert find_addresses(page) == []


def test_every_page_is_clean_and_tells_the_browser_to_load_nothing(pages):
    for name, page in pages.items():
        assert find_addresses(page) == [], name
        assert "default-src 'none'" in page.replace("&#39;", "'"), name


def test_tiles_are_offered_only_when_asked_for_and_only_from_their_host(plans, pages, tmp_path):
    write(plans, tmp_path, tiles=True)
    for name, page in pages.items():
        plain, offered = page, (tmp_path / name).read_text(encoding="utf-8")
        assert "tile.openstreetmap.org" not in plain
        policy = re.search(r"img-src ([^;]*);", offered).group(1)
        if name == "index.html":
            assert policy == "data:"
            continue
        assert policy == "data: https://tile.openstreetmap.org"
        assert '"tiles":"https://tile.openstreetmap.org/{z}/{x}/{y}.png"' in offered
        # Nothing that a browser would load by itself: the layer is off until a reader switches it on.
        assert find_addresses(offered) == []
        assert re.search(r"img-src ([^;]*);", plain).group(1) == "data:"
