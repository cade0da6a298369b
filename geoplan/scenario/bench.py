"""Bench: what every scenario of a city needs and none should compute twice: demand, networks, candidate sites."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import Demand, Field, Rows, cost_rows, demand_of, open_field
from geoplan.network import build_network
from geoplan.siting import candidate_sites, street_corners
from geoplan.standards import Standards, load_standards

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.city import City
    from geoplan.network import Network
    from geoplan.standards import Service

__all__ = ["Bench", "bench_of", "network_of"]

# Beyond so many times the largest radius a sparse table holds most pairs and is larger than a full one.
_NEARBY = 4


@dataclass
class Bench:
    """Shared parts of one city's scenarios."""

    city: City
    standards: Standards
    _fields: dict[tuple[str, str], Field] = field(default_factory=dict)
    _candidates: dict[str, pd.DataFrame] = field(default_factory=dict)
    _corners: dict[str, pd.DataFrame] = field(default_factory=dict)
    _rows: dict[str, Rows] = field(default_factory=dict)
    _limits: dict[str, float] = field(default_factory=dict)

    @cached_property
    def demand(self) -> Demand:
        """The city's people."""
        return demand_of(self.city.cells, city=self.city.name)

    def reach(self, service: Service) -> Field:
        """The service's network seen from the cells."""
        key = (service.mode, service.direction)
        if key not in self._fields:
            self._fields[key] = open_field(
                network_of(self.city, service.mode, self.standards),
                self.demand,
                direction=service.direction,
                snap_limit=self.standards.snap.limit.value,
            )
        return self._fields[key]

    def candidates(self, service: Service) -> pd.DataFrame:
        """Candidate sites of the service's mode; only those on its network."""
        if service.mode not in self._candidates:
            siting = self.standards.siting
            figure = siting.candidates_emergency if service.unit == "min" else siting.candidates_walk
            found = candidate_sites(self.city.cells, resolution=int(figure.value))
            on = self.reach(service).points.on[found["cell"].to_numpy()]
            self._candidates[service.mode] = found[on].reset_index(drop=True)
        return self._candidates[service.mode]

    def corners(self, service: Service) -> pd.DataFrame:
        """Street corners of the service's mode as candidate sites; for ambulances only those of main streets."""
        if service.mode not in self._corners:
            siting = self.standards.siting
            streets = self.city.streets
            main = streets["highway"].isin(siting.main_streets.words)
            self._corners[service.mode] = street_corners(
                self.reach(service).network,
                self.city.cells,
                self.city.districts,
                spacing=siting.corner_spacing.value,
                built_up=siting.built_up.value,
                among=np.unique(streets.loc[main, ["u", "v"]]) if service.mode == "emergency" else None,
            )
        return self._corners[service.mode]

    def candidate_rows(self, service: Service, *, at_least: float = 0.0) -> Rows:
        """Costs from every candidate site to every cell.

        On foot only those within the largest threshold of any service walked to are kept, or `at_least` if that is more:
        one table serves them all.
        """
        same = [other for other in self.standards.services.values() if other.mode == service.mode]
        limit = max(at_least, *(reading.limit for other in same for reading in other.readings))
        listed = max(reading.limit for other in same for reading in other.readings)
        if service.unit == "min" or limit > _NEARBY * listed:
            limit = float("inf")
        if self._limits.get(service.mode, 0.0) < limit:
            sites = self.candidates(service)
            self._rows[service.mode] = cost_rows(self.reach(service), sites["lon"], sites["lat"], limit=limit)
            self._limits[service.mode] = limit
        return self._rows[service.mode]


def bench_of(city: City, standards: Standards | None = None) -> Bench:
    """Return the bench of a city, made at the first call and kept as long as the city is."""
    wanted = standards or load_standards()
    # Kept on the city itself, so that both go together.
    bench = city.__dict__.get("_bench")
    if not isinstance(bench, Bench) or bench.standards is not wanted:
        bench = Bench(city=city, standards=wanted)
        city.__dict__["_bench"] = bench
    return bench


def network_of(city: City, mode: str, standards: Standards) -> Network:
    """Build the network of one mode from all that the city's layers know: streets, time of day, forbidden turns.

    Raises
    ------
    InputError
        As `build_network` does.
    """
    return build_network(
        city.streets,
        mode,
        standards=standards,
        crs=city.crs,
        time_of_day=city.time_of_day,
        restrictions=city.restrictions,
    )
