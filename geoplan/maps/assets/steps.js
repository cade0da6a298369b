/* Steps: the story in order - the baseline, every build, every year to the horizon - and where the reader stands in it. */
"use strict";
(function () {
  const D = G.data;
  const lists = {};

  const counted = (view, b) => (view.private || b.owner !== "private") && view.proposed;

  /* The last moment that a year has reached: years in which nothing opens or closes have none of their own. */
  const momentOf = function (year) {
    let found = 0;
    D.moments.forEach((m, k) => { if (m.year <= year) found = k; });
    return found;
  };

  const walk = function (view) {
    const out = [{kind: "start", year: D.moments[0].year, moment: 0, at: 0}];
    D.years.forEach(function (year, j) {
      const mine = D.builds.filter((b) => b.opens === year && counted(view, b));
      const moment = out[out.length - 1].moment;
      mine.forEach(function (b, k) {
        out.push({
          kind: "build", year, build: b.id, nth: k + 1, of: mine.length, moment, momentOfYear: momentOf(year),
          opened: mine.slice(0, k + 1).map((o) => o.id), at: j + (k + 1) / (mine.length + 1),
        });
      });
      out.push({kind: "year", year, moment: momentOf(year), at: j + 1});
    });
    return out;
  };

  G.stepsOf = function (key) {
    if (!lists[key]) lists[key] = walk(D.views.find((v) => v.key === key));
    return lists[key];
  };
  G.steps = () => G.stepsOf(G.state.view);
  G.step = () => G.steps()[G.state.step];

  /* The years that stand for themselves: the baseline and the end of each year. */
  G.stepOfYear = (year, key) => G.stepsOf(key || G.state.view).findIndex((s) => s.kind !== "build" && s.year === year);
  G.momentBefore = () => (G.state.base === "start" ? 0 : Math.max(0, G.step().moment - (G.step().kind === "build" ? 0 : 1)));

  /* Going to a step leaves the single build that was open. */
  G.goTo = function (step) {
    const last = G.steps().length - 1;
    const next = Math.min(last, Math.max(0, step));
    const phase = G.state.build || (G.state.phase === "before") ? "after" : G.state.phase;
    G.set({step: next, moment: G.steps()[next].moment, build: null, phase});
  };
  G.setView = function (view) {
    const year = G.step().year;
    const step = G.stepOfYear(year, view);
    G.set({view, step, moment: G.stepsOf(view)[step].moment, build: null});
  };
})();
