"""Siting: where to build next: location models on a cost matrix, with what stands already kept; candidates and draws."""

from geoplan.siting.candidates import candidate_sites
from geoplan.siting.corners import street_corners
from geoplan.siting.draws import draw_sites
from geoplan.siting.greedy import Proposal, greedy_maximal_covering
from geoplan.siting.parcels import parcel_candidates, too_near
from geoplan.siting.problem import Problem
from geoplan.siting.solution import Limits, Solution
from geoplan.siting.solve import solve

__all__ = [
    "Limits",
    "Problem",
    "Proposal",
    "Solution",
    "candidate_sites",
    "draw_sites",
    "greedy_maximal_covering",
    "parcel_candidates",
    "solve",
    "street_corners",
    "too_near",
]
