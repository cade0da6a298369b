"""Siting: where to build next: location models on a cost matrix, with what stands already kept; candidates and draws."""

from geoplan.siting._equity import district_shares
from geoplan.siting.candidates import candidate_sites
from geoplan.siting.corners import street_corners
from geoplan.siting.draws import draw_sites
from geoplan.siting.greedy import Proposal, greedy_maximal_covering
from geoplan.siting.parcels import inside_areas, parcel_candidates, too_near
from geoplan.siting.problem import Phase, Problem
from geoplan.siting.solution import Limits, Solution
from geoplan.siting.solve import solve
from geoplan.siting.yearly import solve_year_by_year

__all__ = [
    "Limits",
    "Phase",
    "Problem",
    "Proposal",
    "Solution",
    "candidate_sites",
    "district_shares",
    "draw_sites",
    "greedy_maximal_covering",
    "inside_areas",
    "parcel_candidates",
    "solve",
    "solve_year_by_year",
    "street_corners",
    "too_near",
]
