"""A headless Chromium with the network cut, and the pages it opens."""

import json
import os
import shutil
import sys
from importlib import resources
from pathlib import Path

import pytest

BINARY, DRIVER = "chromium", "chromedriver"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
AXE = "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations));"

# Service, size, ms until the page can be used, ms a step: median and longest. Printed when the tests are through.
FIGURES = []

sys.path.append(str(Path(__file__).resolve().parents[1] / "maps"))


def pytest_collection_modifyitems(items):
    """Mark these tests; without Chromium skip them visibly, or fail where a server builds the project."""
    here = Path(__file__).parent
    missing = [name for name in (BINARY, DRIVER) if shutil.which(name) is None]
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if missing and os.environ.get("CI") != "true":
                reason = f"no {' and no '.join(missing)}: apt-get install chromium chromium-driver"
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter):
    """Print how quick the pages were."""
    if FIGURES:
        terminalreporter.section("pages in Chromium")
        for name, size, ready, middle, longest in sorted(FIGURES):
            terminalreporter.line(
                f"{name:13} {size:8} ready after {ready:5.0f} ms; "
                f"a step {middle:4.0f} ms (median), {longest:4.0f} ms (longest)"
            )


class Browser:
    """One window of Chromium that can reach no network; tells what it complained of and asked for."""

    def __init__(self, size, profile):
        from selenium import webdriver

        width, height = SIZES[size]
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which(BINARY)
        for flag in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--force-prefers-reduced-motion", "--force-device-scale-factor=1",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", f"--window-size={width},{height}",
        ):  # fmt: skip
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(shutil.which(DRIVER))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"},
        )

    def open(self, path):
        """Open a page afresh and wait until its scripts are through."""
        address, _, choice = str(path).partition("#")
        self.driver.get("about:blank")  # an address that differs behind the # alone would not load afresh
        self.complaints()
        self.requests()
        self.driver.get(Path(address).as_uri() + f"#{choice or 'lang=ru'}")
        self.ready()

    def ready(self):
        """Wait until the page's scripts are through."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 20).until(
            lambda d: d.execute_script("return document.body.classList.contains('ready')")
        )

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def click(self, selector):
        """Click what a reader would click, wherever it has to be scrolled to."""
        node = self.driver.find_element("css selector", selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", node)
        node.click()

    def choose_language(self, code):
        """Take a language from the page's own list."""
        from selenium.webdriver.support.select import Select

        Select(self.driver.find_element("id", "language")).select_by_value(code)

    def settle(self):
        """Wait until the map stands still."""
        self.driver.execute_async_script(
            "const done = arguments[0]; let still = 0;"
            "const look = () => { const pan = G.map._panAnim;"
            " still = G.map._animatingZoom || (pan && pan._inProgress) ? 0 : still + 1;"
            " if (still > 6) done(); else setTimeout(look, 40); };"
            "requestAnimationFrame(() => requestAnimationFrame(look));"
        )

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def painted(self):
        """What the canvas of the cells holds now."""
        return self.run("return document.getElementById('cells').toDataURL()")

    def complaints(self):
        """Errors and warnings of the console since last asked."""
        return [
            line["message"]
            for line in self.driver.get_log("browser")
            if line["level"] in ("SEVERE", "WARNING")
        ]

    def serious(self):
        """What an accessibility checker finds serious or critical, and where."""
        self.run((resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
        self.driver.set_script_timeout(120)
        return [
            (v["id"], v["impact"], [node["html"][:160] for node in v["nodes"][:3]])
            for v in self.driver.execute_async_script(AXE)
            if v["impact"] in ("serious", "critical")
        ]

    def requests(self):
        """Addresses asked for since last asked, other than the page itself and data in it."""
        messages = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        asked = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        urls = [p["request"]["url"] for p in asked if p.get("type") != "Document"]
        return [url for url in urls if not url.startswith("data:")]


@pytest.fixture(scope="session", params=list(SIZES))
def browser(request, tmp_path_factory):
    """A browser of each size."""
    one = Browser(request.param, tmp_path_factory.mktemp("profile"))
    one.size = request.param
    one.figures = FIGURES
    yield one
    one.driver.quit()


@pytest.fixture(scope="session")
def pages(request):
    """Folder of the real city's pages; GEOPLAN_PAGES names one that is written already."""
    if "GEOPLAN_PAGES" in os.environ:
        return Path(os.environ["GEOPLAN_PAGES"])
    done = request.getfixturevalue("full_run")
    assert done.status == 0, done.err
    return done.folder
