"""The `geoplan` command: its sub-commands, and one line for every fault of the input."""

from __future__ import annotations

import sys

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


def main() -> None:
    """Run the command; exit 0 done, 1 the input is at fault (one clear line), 2 usage."""
    try:
        app()
    except GeoplanError as error:
        sys.stderr.write(f"geoplan: {' '.join(str(error).split())}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("geoplan: stopped; nothing half-written\n")
        sys.exit(130)
