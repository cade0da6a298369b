"""The `geoplan` command: its sub-commands, and one line for every fault of the input."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer

from geoplan.cli import access, geocode, layers, propose, roadmap, run, site, travel
from geoplan.errors import GeoplanError

__all__ = ["app", "main"]

app = typer.Typer(
    name="geoplan",
    help="Where will each planned school, kindergarten, polyclinic and ambulance substation stand, whom does it reach, "
    "and who is still left out?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("roadmap")(roadmap.roadmap)
app.command("geocode")(geocode.geocode)
app.command("access")(access.access)
app.command("compare")(access.compare)
app.command("site")(site.site)
app.command("isochrone")(travel.isochrone)
app.command("matrix")(travel.matrix)
layers.app.command("sites")(propose.sites)
app.add_typer(layers.app, name="layers")


# Wherever this version of typer has it: in click, or in a copy of its own.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_STOPPED = 130
# What typer puts around the name of an option and its own words.
_AROUND = re.compile(r"^Invalid value for '([^']+)': (?:Value error, )?")


def main() -> None:
    """Run the command; exit 0 done, 1 the input is at fault, 2 usage; of both faults one clear line."""
    try:
        status = app(prog_name="geoplan", standalone_mode=False)
    except _UsageError as error:
        sys.stderr.write(_usage(error))
        sys.exit(2)
    except GeoplanError as error:
        sys.stderr.write(f"geoplan: {' '.join(str(error).split())}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        status = _STOPPED
    if status == _STOPPED:
        sys.stderr.write("geoplan: stopped; nothing half-written\n")
    sys.exit(status if isinstance(status, int) else 0)


def _usage(error: Any) -> str:
    """One line that says which option or value is wrong, and where to read more; nothing where the help was printed."""
    own = isinstance(error, typer.BadParameter) and error.param is None
    told = " ".join((error.message if own else error.format_message()).split())
    told = _AROUND.sub(r"\1: ", told).rstrip(".")
    where = error.ctx.command_path if error.ctx else "geoplan"
    return f"geoplan: {told}; see {where} --help\n" if told else ""
