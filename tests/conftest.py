"""Fixtures that all tests share."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT.parent / "shared" / "sources"

# `make test` draws the same cases each time, so that it passes or fails by what was changed; `make search` draws new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile(os.environ.get("GEOPLAN_CASES", "same"))


def pytest_collection_modifyitems(items):
    """Skip tests of the source files, visibly, where the folder beside the project is not there."""
    if SOURCES.is_dir():
        return
    skip = pytest.mark.skip(reason="the source files (../shared/sources) are not beside the project")
    for item in items:
        if "sources" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> Path:
    return SOURCES


@pytest.fixture(scope="session")
def start_geoplan():
    """Start the command as a process of its own; gives status, out, err, processor seconds and the most memory (GiB)."""

    def run(*arguments, cwd, seed="0"):
        command = [sys.executable, "-c", "from geoplan.cli import main; main()", *map(str, arguments)]
        out, err = Path(cwd) / ".stdout", Path(cwd) / ".stderr"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                command, cwd=cwd, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=to_out, stderr=to_err
            )
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found = {
            "status": process.returncode,
            "out": out.read_text(encoding="utf-8"),
            "err": err.read_text(encoding="utf-8"),
            # processor time, not wall time: another test worker shares the machine
            "seconds": used.ru_utime + used.ru_stime,
            "gib": used.ru_maxrss / 1024**2,
        }
        out.unlink()
        err.unlink()
        return SimpleNamespace(**found)

    return run


@pytest.fixture(scope="session")
def full_run(start_geoplan, tmp_path_factory):
    """`geoplan run` on the shipped layers, made once for all test workers: what it wrote (`folder`) and how it went."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, told = base / "full_run", base / "full_run.json"
    with (base / "full_run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            home.mkdir()
            told.write_text(json.dumps(vars(start_geoplan("run", "--out", home / "maps", cwd=home))))
    return SimpleNamespace(folder=home / "maps" / "almaty", **json.loads(told.read_text()))


@pytest.fixture(scope="session")
def two_stations():
    """The answer to where two more ambulance stations of Almaty should stand, with another plan and the curve."""
    from geoplan.city import open_city
    from geoplan.scenario.choose import answer_question, ask

    question = ask(open_city("almaty"), service="ambulance", count=2)
    return answer_question(question, plans=2, curve=True)
