"""Siting: where builds without a stated place could go, and how much that choice matters."""

from geoplan.siting.candidates import candidate_sites
from geoplan.siting.draws import draw_sites
from geoplan.siting.greedy import Proposal, greedy_maximal_covering

__all__ = ["Proposal", "candidate_sites", "draw_sites", "greedy_maximal_covering"]
