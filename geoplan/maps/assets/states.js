/* States: who is within reach at every moment, and what one build changes. A cell holds one class; builds hold sparse changes. */
"use strict";
(function () {
  const D = G.data;
  const count = D.cells.count;
  const persons = G.u16(D.cells.persons);
  const limit = D.breaks.indexOf(D.threshold);
  const decoded = {};
  G.cellDistrict = G.u8(D.cells.district);

  /* What a cell is shown as: 0..n classes, n+1 unreachable; or, in the comparison, one of CHANGE. */
  G.CHANGE = {out: 0, within: 1, gained: 2, lost: 3, nearer: 4, farther: 5};
  G.limit = limit;

  G.classes = function (view, moment) {
    const key = view + " " + moment;
    if (!decoded[key]) decoded[key] = G.nibbles(D.classes[view][moment], count);
    return decoded[key];
  };

  G.compareStates = function (before, after) {
    const out = new Uint8Array(count);
    const C = G.CHANGE;
    for (let i = 0; i < count; i++) {
      const a = before[i];
      const b = after[i];
      if (a <= limit) out[i] = b <= limit ? C.within : C.lost;
      else if (b <= limit) out[i] = C.gained;
      else out[i] = b < a ? C.nearer : b > a ? C.farther : C.out;
    }
    return out;
  };

  const changeCells = D.changes.wide ? G.u32(D.changes.cells) : G.u16(D.changes.cells);
  const changeValues = G.u8(D.changes.values);
  const full = (v) => (v === 15 ? G.UNREACHABLE : v);
  const byId = Object.fromEntries(D.builds.map((b) => [b.id, b]));
  G.build = (id) => byId[id];
  G.changeOf = function (id) {
    const span = D.changes.spans[id];
    if (!span) return null;
    const [start, end] = span;
    return {
      cells: changeCells.subarray(start, end),
      before: Array.from(changeValues.subarray(start, end), (v) => full(v & 15)),
      after: Array.from(changeValues.subarray(start, end), (v) => full(v >> 4)),
    };
  };

  const swap = function (base, cells, values) {
    const out = base.slice();
    for (let i = 0; i < cells.length; i++) out[cells[i]] = values[i];
    return out;
  };

  /* Within a year builds have no order among them: each one's own change is laid over the last year's state, the nearest
     place wins, and no cell gets past what it is at the end of the year. */
  const partOfYear = function (base, end, ids) {
    const out = base.slice();
    for (const id of ids) {
      const change = G.changeOf(id);
      if (!change) continue;
      change.cells.forEach(function (i, k) {
        const after = change.after[k];
        if (after < out[i] || out[i] === base[i]) out[i] = after;
      });
    }
    for (let i = 0; i < count; i++) {
      if (out[i] < base[i] && end[i] <= base[i]) out[i] = Math.max(out[i], end[i]);
      else if (out[i] > base[i] && end[i] >= base[i]) out[i] = Math.min(out[i], end[i]);
    }
    return out;
  };

  G.stateAt = function (view, step) {
    if (step.kind !== "build") return G.classes(view, step.moment);
    return partOfYear(G.classes(view, step.moment), G.classes(view, step.momentOfYear), step.opened);
  };

  const frame = function () {
    const s = G.state;
    if (s.build) {
      const build = G.build(s.build);
      const base = G.classes(build.base_view, build.base);
      const change = G.changeOf(build.id);
      if (!change) return {before: base, after: base, touched: new Set()};
      return {
        before: swap(base, change.cells, change.before),
        after: swap(base, change.cells, change.after),
        touched: new Set(change.cells),
      };
    }
    const step = G.step();
    return {before: G.classes(s.view, G.momentBefore()), after: G.stateAt(s.view, step), touched: null};
  };

  /* What is painted now, worked out once a redraw: two states, how they differ, which cells stand back. */
  G.refreshStates = function () {
    const now = frame();
    now.compared = G.compareStates(now.before, now.after);
    const area = G.areaIndex();
    now.faded = null;
    if (now.touched && G.state.phase !== "change") {
      now.faded = new Uint8Array(count).fill(1);
      for (const i of now.touched) now.faded[i] = 0;
    } else if (area >= 0 && !G.state.build) {
      now.faded = new Uint8Array(count);
      for (let i = 0; i < count; i++) now.faded[i] = G.cellDistrict[i] === area ? 0 : 1;
    }
    G.shown = now;
  };

  const inArea = function () {
    const area = G.state.build ? -1 : G.areaIndex();
    return (i) => area < 0 || G.cellDistrict[i] === area;
  };

  /* Shares of people by class, for the legend. */
  G.peopleByClass = function (values) {
    const counts = inArea();
    const sums = new Array(D.breaks.length + 2).fill(0);
    for (let i = 0; i < count; i++) {
      if (counts(i)) sums[values[i] === G.UNREACHABLE ? sums.length - 1 : values[i]] += persons[i];
    }
    const total = sums.reduce((a, b) => a + b, 0) || 1;
    return sums.map((v) => v / total);
  };
  G.peopleByChange = function (values) {
    const counts = inArea();
    const sums = new Array(6).fill(0);
    for (let i = 0; i < count; i++) if (counts(i)) sums[values[i]] += persons[i] / D.cells.persons_scale;
    return sums;
  };
})();
