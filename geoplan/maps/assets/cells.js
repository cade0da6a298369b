/* Cells: the populated 100 m cells, coloured by access class or by what changed. */
"use strict";
(function () {
  const D = G.data;
  const count = D.cells.count;
  const at = G.plane(G.u16(D.cells.lon), G.u16(D.cells.lat), D.cells.box);
  const persons = G.u16(D.cells.persons);
  const limit = D.breaks.indexOf(D.threshold);
  const decoded = {};

  /* What a cell is shown as: 0..n classes, n+1 unreachable; or, in the comparison, one of CHANGE. */
  G.CHANGE = {out: 0, within: 1, gained: 2, lost: 3, nearer: 4, farther: 5};

  G.classes = function (view, moment) {
    const key = view + " " + moment;
    if (!decoded[key]) decoded[key] = G.nibbles(D.classes[view][moment], count);
    return decoded[key];
  };

  const within = (value) => value <= limit;

  const compare = function (before, after) {
    const out = new Uint8Array(count);
    const C = G.CHANGE;
    for (let i = 0; i < count; i++) {
      const a = before[i];
      const b = after[i];
      if (within(a)) out[i] = within(b) ? C.within : C.lost;
      else if (within(b)) out[i] = C.gained;
      else out[i] = b < a ? C.nearer : b > a ? C.farther : C.out;
    }
    return out;
  };

  const swap = function (base, cells, values) {
    const out = base.slice();
    for (let i = 0; i < cells.length; i++) out[cells[i]] = values[i];
    return out;
  };

  const changeCells = D.changes.wide ? G.u32(D.changes.cells) : G.u16(D.changes.cells);
  const changeValues = G.u8(D.changes.values);
  const byId = Object.fromEntries(D.builds.map((b) => [b.id, b]));
  G.build = (id) => byId[id];
  G.changeOf = function (id) {
    const span = D.changes.spans[id];
    if (!span) return null;
    const [start, end] = span;
    const full = (v) => (v === 15 ? G.UNREACHABLE : v);
    return {
      cells: changeCells.subarray(start, end),
      before: Array.from(changeValues.subarray(start, end), (v) => full(v & 15)),
      after: Array.from(changeValues.subarray(start, end), (v) => full(v >> 4)),
    };
  };

  /* The two states now compared, and which cells a single build touches (null: all). */
  G.frame = function () {
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
    return {
      before: G.classes(s.view, s.base === "start" ? 0 : s.moment - 1),
      after: G.classes(s.view, s.moment),
      touched: null,
    };
  };

  /* People by class in each state, for the legend. */
  G.peopleByClass = function (values) {
    const sums = new Array(D.breaks.length + 2).fill(0);
    for (let i = 0; i < count; i++) {
      sums[values[i] === G.UNREACHABLE ? sums.length - 1 : values[i]] += persons[i];
    }
    const total = sums.reduce((a, b) => a + b, 0);
    return sums.map((v) => v / total);
  };
  G.peopleByChange = function (values) {
    const sums = new Array(6).fill(0);
    for (let i = 0; i < count; i++) sums[values[i]] += persons[i] / D.cells.persons_scale;
    return sums;
  };

  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue("--" + name).trim();
  G.changeColours = ["out", "within", "gained", "lost", "nearer", "farther"].map((n) => colour("change-" + n));
  G.classColours = D.colours.concat([D.unreachable_colour]);

  let shown = null;
  G.refreshCells = function () {
    const frame = G.frame();
    const phase = G.state.phase;
    frame.compared = compare(frame.before, frame.after);
    shown = {
      values: phase === "change" ? frame.compared : frame[phase],
      colours: phase === "change" ? G.changeColours : G.classColours,
      faded: phase === "change" ? null : frame.touched,
    };
    G.shown = frame;
  };

  const bucket = function (values, slots, faded) {
    const lists = Array.from({length: slots * 2}, () => []);
    for (let i = 0; i < count; i++) {
      const v = values[i] === G.UNREACHABLE ? slots - 1 : values[i];
      lists[faded && !faded.has(i) ? slots + v : v].push(i);
    }
    return lists;
  };

  const box = D.cells.box;
  const middle = (box[1] + box[3]) / 2;
  const perLat = 256 / 360 / Math.cos((middle * Math.PI) / 180);
  const edge = D.cells.edges.map(([lon, lat]) => [(lon * 256) / 360, -lat * perLat]);

  const paint = function (ctx, view) {
    if (!shown) return;
    const slots = shown.colours.length;
    const lists = bucket(shown.values, slots, shown.faded);
    const {scale, ox, oy, min, max} = view;
    const side = Math.hypot(...edge[0]) * scale;
    const small = side < 5;
    const grow = scale * (1 + 0.5 / side);
    const [[ax, ay], [bx, by]] = edge.map(([x, y]) => [x * grow, y * grow]);
    /* Small cells are drawn upright, on whole pixels and no smaller than their spacing: no hairlines show between them. */
    const w = Math.ceil(side * view.ratio) / view.ratio;
    const snap = (v) => Math.round(v * view.ratio) / view.ratio;
    for (let pass = 1; pass >= 0; pass--) {
      ctx.globalAlpha = pass ? 0.22 : 1;
      for (let k = 0; k < slots; k++) {
        const list = lists[pass * slots + k];
        if (!list.length) continue;
        ctx.fillStyle = shown.colours[k];
        if (!small) ctx.beginPath();
        for (const i of list) {
          const x = at.x[i] * scale - ox;
          const y = at.y[i] * scale - oy;
          if (x < min.x - side || x > max.x + side || y < min.y - side || y > max.y + side) continue;
          if (small) {
            ctx.fillRect(snap(x - w / 2), snap(y - w / 2), w, w);
          } else {
            const px = x - (ax + bx) / 2;
            const py = y - (ay + by) / 2;
            ctx.moveTo(px, py);
            ctx.lineTo(px + ax, py + ay);
            ctx.lineTo(px + ax + bx, py + ay + by);
            ctx.lineTo(px + bx, py + by);
            ctx.closePath();
          }
        }
        if (!small) ctx.fill();
      }
    }
    ctx.globalAlpha = 1;
  };

  G.addCells = function (map) {
    G.refreshCells();
    G.cellLayer = new G.CanvasLayer(paint, {pane: G.pane(map, "cells", 300), id: "cells"});
    G.cellLayer.addTo(map);
    G.watch(() => { G.refreshCells(); G.cellLayer.redraw(); });
  };

  /* Bounds of what a build changes, with its own place. */
  G.boundsOf = function (id) {
    const bounds = L.latLngBounds([]);
    const b = G.build(id);
    if (b.lon !== null) bounds.extend([b.lat, b.lon]);
    const change = G.changeOf(b.id);
    if (change) {
      for (const i of change.cells) {
        const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * at.y[i]) / 256))) * 180) / Math.PI;
        bounds.extend([lat, (at.x[i] / 256 - 0.5) * 360]);
      }
    }
    return bounds;
  };
})();
