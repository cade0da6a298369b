/* Ground: districts under the cells; main streets, borders and names over them. */
"use strict";
(function () {
  const D = G.data;
  const css = getComputedStyle(document.documentElement);
  const tone = (name) => css.getPropertyValue("--" + name).trim();

  const toPlane = (ring) => ring.map(([lon, lat]) => [G.planeX(lon), G.planeY(lat)]);
  const districts = D.districts.map((d) => ({
    slug: d.slug,
    rings: d.rings.map(toPlane),
    label: {name: d.name, x: G.planeX(d.label[0]), y: G.planeY(d.label[1])},
  }));

  const streets = D.streets.map(function (set) {
    const at = G.plane(G.u16(set.lon), G.u16(set.lat), D.cells.box);
    return {x: at.x, y: at.y, ends: G.u32(set.ends), width: set.width, from: set.from};
  });
  const labels = D.labels.map((l) => ({
    text: l.text, kind: l.kind, in: l.in, angle: l.angle || 0, x: G.planeX(l.lon), y: G.planeY(l.lat),
  }));

  const trace = function (ctx, view, ring) {
    ring.forEach(function ([x, y], i) {
      const px = x * view.scale - view.ox;
      const py = y * view.scale - view.oy;
      if (i) ctx.lineTo(px, py);
      else ctx.moveTo(px, py);
    });
    ctx.closePath();
  };

  const paintLand = function (ctx, view) {
    ctx.fillStyle = tone("land");
    for (const d of districts) {
      ctx.beginPath();
      for (const ring of d.rings) trace(ctx, view, ring);
      ctx.fill("evenodd");
    }
  };

  const paintStreets = function (ctx, view) {
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    ctx.strokeStyle = tone("street");
    const grow = Math.max(0.55, Math.min(1.9, (view.zoom - 9) * 0.42));
    for (const set of streets) {
      if (view.zoom < set.from) continue;
      ctx.lineWidth = set.width * grow;
      ctx.beginPath();
      let start = 0;
      for (const end of set.ends) {
        for (let i = start; i < end; i++) {
          const px = set.x[i] * view.scale - view.ox;
          const py = set.y[i] * view.scale - view.oy;
          if (i > start) ctx.lineTo(px, py);
          else ctx.moveTo(px, py);
        }
        start = end;
      }
      ctx.stroke();
    }
  };

  const paintBorders = function (ctx, view) {
    ctx.lineJoin = "round";
    for (const [width, name] of [[3.2, "border-halo"], [1.3, "border"]]) {
      ctx.strokeStyle = tone(name);
      ctx.lineWidth = width;
      for (const d of districts) {
        ctx.beginPath();
        for (const ring of d.rings) trace(ctx, view, ring);
        ctx.stroke();
      }
    }
  };

  const FONT = tone("font");
  const STYLE = {
    district: {font: "600 13px " + FONT, ink: "label-district", from: 0, till: 13.4},
    microdistrict: {font: "500 12px " + FONT, ink: "label-place", from: 13.4, till: 99},
    street: {font: "11.5px " + FONT, ink: "label-street", from: 14, till: 99},
  };

  const meet = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

  /* Where a district's name may stand, best first: at its place, else a little above or below. */
  const SHIFTS = {district: [0, -26, 26, -50, 50], microdistrict: [0], street: [0]};
  const PIN = 12;
  /* What a sign takes, and the word under it where it has one (G.pinTag: half its width, how far down it reaches). */
  const boxesOf = function ({x, y}) {
    const own = [x - PIN, y - PIN, x + PIN, y + PIN];
    return G.pinTag ? [own, [x - G.pinTag[0], y, x + G.pinTag[0], y + G.pinTag[1]]] : [own];
  };

  const paintLabels = function (ctx, view, pins) {
    const taken = [];
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    const place = function (label, kind) {
      const style = STYLE[kind];
      if (view.zoom < style.from || view.zoom >= style.till) return;
      const x = label.x * view.scale - view.ox;
      const at = label.y * view.scale - view.oy;
      if (x < view.min.x || x > view.max.x || at < view.min.y || at > view.max.y) return;
      ctx.font = style.font;
      const half = ctx.measureText(label.text).width / 2 + 5;
      const cos = Math.abs(Math.cos(label.angle || 0));
      const sin = Math.abs(Math.sin(label.angle || 0));
      const hx = half * cos + 9 * sin;
      const hy = half * sin + 9 * cos;
      const box = (y) => [x - hx, y - hy, x + hx, y + hy];
      const free = SHIFTS[kind].map((shift) => at + shift).filter((y) => !taken.some((o) => meet(box(y), o)));
      if (!free.length) return;
      /* A name never hides a sign if there is room beside it; with no room a district keeps its name, others go without. */
      const y = free.find((one) => !pins.some((pin) => meet(box(one), pin)));
      if (y === undefined && kind !== "district") return;
      put(label, style, x, y === undefined ? free[0] : y);
      taken.push(box(y === undefined ? free[0] : y));
    };
    const put = function (label, style, x, y) {
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(label.angle || 0);
      ctx.lineWidth = 3.5;
      ctx.strokeStyle = tone("label-halo");
      ctx.strokeText(label.text, 0, 0);
      ctx.fillStyle = tone(style.ink);
      ctx.fillText(label.text, 0, 0);
      ctx.restore();
    };
    const here = (label) => !label.in || label.in.includes(G.state.language);
    for (const d of districts) place(Object.assign({text: G.word(d.label.name)}, d.label), "district");
    for (const kind of ["microdistrict", "street"]) for (const l of labels) if (l.kind === kind && here(l)) place(l, kind);
  };

  G.addGround = function (map) {
    new G.CanvasLayer(paintLand, {pane: G.pane(map, "land", 210), id: "land"}).addTo(map);
    const over = function (ctx, view) {
      paintStreets(ctx, view);
      paintBorders(ctx, view);
    };
    new G.CanvasLayer(over, {pane: G.pane(map, "over", 350), id: "over"}).addTo(map);
    const withPins = function (ctx, view) {
      const seen = G.pinsShown ? G.pinsShown() : [];
      paintLabels(ctx, view, seen.flatMap((b) => boxesOf(map.project([b.lat, b.lon], view.zoom).subtract([view.ox, view.oy]))));
    };
    const names = new G.CanvasLayer(withPins, {pane: G.pane(map, "names", 620), id: "names"}).addTo(map);
    G.redrawNames = () => names.redraw();
  };
})();
