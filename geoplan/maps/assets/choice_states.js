/* Choice states: what the plan of proposed sites looked at changes in every cell. The numbers are those of choose/changes.py. */
"use strict";
(function () {
  const D = G.data;
  const CHANGE = {out: 0, within: 1, gained: 2, nearer: 4};
  const plans = D.plans.map((plan) => G.nibbles(plan.cells, D.cells.count));
  if (!D.nearer) for (const cells of plans) for (let i = 0; i < cells.length; i++) if (cells[i] === CHANGE.nearer) cells[i] = CHANGE.out;

  G.CHANGE = CHANGE;
  Object.assign(G.state, {phase: "change", plan: 0});
  G.plan = () => D.plans[G.state.plan];
  G.refreshStates = () => { G.shown = {compared: plans[G.state.plan], faded: null}; };
  G.swiping = () => false;
})();
