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
    label: {text: d.name, x: G.planeX(d.label[0]), y: G.planeY(d.label[1])},
  }));

  const streets = D.streets.map(function (set) {
    const at = G.plane(G.u16(set.lon), G.u16(set.lat), D.cells.box);
    return {x: at.x, y: at.y, ends: G.u32(set.ends), width: set.width, from: set.from};
  });
  const labels = D.labels.map((l) => ({
    text: l.text, kind: l.kind, angle: l.angle || 0, x: G.planeX(l.lon), y: G.planeY(l.lat),
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

  const paintLabels = function (ctx, view) {
    const taken = [];
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    const place = function (label, kind) {
      const style = STYLE[kind];
      if (view.zoom < style.from || view.zoom >= style.till) return;
      const x = label.x * view.scale - view.ox;
      const y = label.y * view.scale - view.oy;
      if (x < view.min.x || x > view.max.x || y < view.min.y || y > view.max.y) return;
      ctx.font = style.font;
      const half = ctx.measureText(label.text).width / 2 + 5;
      const cos = Math.abs(Math.cos(label.angle || 0));
      const sin = Math.abs(Math.sin(label.angle || 0));
      const hx = half * cos + 9 * sin;
      const hy = half * sin + 9 * cos;
      const mine = [x - hx, y - hy, x + hx, y + hy];
      if (taken.some((o) => mine[0] < o[2] && mine[2] > o[0] && mine[1] < o[3] && mine[3] > o[1])) return;
      taken.push(mine);
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
    for (const d of districts) place(d.label, "district");
    for (const kind of ["microdistrict", "street"]) for (const l of labels) if (l.kind === kind) place(l, kind);
  };

  G.addGround = function (map) {
    new G.CanvasLayer(paintLand, {pane: G.pane(map, "land", 210), id: "land"}).addTo(map);
    const over = function (ctx, view) {
      paintStreets(ctx, view);
      paintBorders(ctx, view);
    };
    new G.CanvasLayer(over, {pane: G.pane(map, "over", 350), id: "over"}).addTo(map);
    new G.CanvasLayer(paintLabels, {pane: G.pane(map, "names", 620), id: "names"}).addTo(map);
  };
})();
