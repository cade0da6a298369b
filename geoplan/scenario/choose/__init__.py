"""Choose: where the next facilities should go, how good that answer is, and what other answers there are."""

from geoplan.scenario.choose.answer import Answer, answer_question
from geoplan.scenario.choose.changes import cell_changes
from geoplan.scenario.choose.curve import marginal_curve
from geoplan.scenario.choose.phased import solve_roadmap
from geoplan.scenario.choose.plans import Plans, best_plans
from geoplan.scenario.choose.question import Question, ask, without_areas
from geoplan.scenario.choose.seats import with_seats
from geoplan.scenario.choose.suggest import Suggestion, suggest, suggest_sites
from geoplan.scenario.choose.survival import survival
from geoplan.scenario.choose.versus import compare_roadmap
from geoplan.scenario.choose.years import over_years

__all__ = [
    "Answer",
    "Plans",
    "Question",
    "Suggestion",
    "answer_question",
    "ask",
    "best_plans",
    "cell_changes",
    "compare_roadmap",
    "marginal_curve",
    "over_years",
    "solve_roadmap",
    "suggest",
    "suggest_sites",
    "survival",
    "with_seats",
    "without_areas",
]
