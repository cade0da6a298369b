/* Cells: the populated 100 m cells, coloured by access class or by what changed. What lies beyond the threshold is hatched
   too, so that the two sides differ without colour. */
"use strict";
(function () {
  const D = G.data;
  const count = D.cells.count;
  const at = G.plane(G.u16(D.cells.lon), G.u16(D.cells.lat), D.cells.box);

  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue("--" + name).trim();
  const CHANGES = ["out", "within", "gained", "lost", "nearer", "farther"];
  G.changeColours = CHANGES.map((n) => colour("change-" + n));
  G.classColours = D.colours.concat([D.unreachable_colour]);
  G.classHatched = (k) => k > G.limit;
  G.changeHatched = (k) => k !== G.CHANGE.within && k !== G.CHANGE.gained;

  /* A colour with thin diagonal lines over it; one picture a colour, kept. */
  const hatches = {};
  const hatched = function (ctx, base, ratio) {
    const key = base + ratio;
    if (!hatches[key]) {
      const side = Math.round(8 * ratio);
      const tile = document.createElement("canvas");
      tile.width = tile.height = side;
      const pen = tile.getContext("2d");
      pen.fillStyle = base;
      pen.fillRect(0, 0, side, side);
      pen.strokeStyle = "rgba(30, 20, 10, 0.24)";
      pen.lineWidth = ratio;
      pen.beginPath();
      for (const shift of [-side, 0, side]) {
        pen.moveTo(shift - 1, side + 1);
        pen.lineTo(shift + side + 1, -1);
      }
      pen.stroke();
      hatches[key] = ctx.createPattern(tile, "repeat");
      hatches[key].setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
    }
    return hatches[key];
  };

  const bucket = function (values, slots, faded) {
    const lists = Array.from({length: slots * 2}, () => []);
    for (let i = 0; i < count; i++) {
      const v = values[i] === G.UNREACHABLE ? slots - 1 : values[i];
      lists[faded && faded[i] ? slots + v : v].push(i);
    }
    return lists;
  };

  const box = D.cells.box;
  const middle = (box[1] + box[3]) / 2;
  const perLat = 256 / 360 / Math.cos((middle * Math.PI) / 180);
  const edge = D.cells.edges.map(([lon, lat]) => [(lon * 256) / 360, -lat * perLat]);

  /* A colour as one number, as a picture's bytes hold it (red first, little end first), and a darker one for the hatching. */
  const pixel = function (hex, alpha, dark) {
    const [r, g, b] = [1, 3, 5].map((k) => Math.round(parseInt(hex.slice(k, k + 2), 16) * (1 - dark)));
    return ((Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
  };
  let picture = null;

  /* Cells of a few pixels are written straight into the picture: upright, on whole pixels, no smaller than their spacing. */
  const paintSmall = function (ctx, view, values, colours, isHatched, faded, side) {
    const {width, height} = ctx.canvas;
    if (!picture || picture.width !== width || picture.height !== height) picture = new ImageData(width, height);
    const bytes = new Uint32Array(picture.data.buffer);
    bytes.fill(0);
    const {scale, ratio} = view;
    const left = (view.ox + view.min.x) * ratio;
    const top = (view.oy + view.min.y) * ratio;
    const w = Math.ceil(side * ratio);
    const period = Math.round(8 * ratio);
    const line = Math.round(ratio);
    const slots = colours.length;
    for (let pass = faded ? 1 : 0; pass >= 0; pass--) {
      const plain = colours.map((c) => pixel(c, pass ? 0.22 : 1, 0));
      const dark = colours.map((c, k) => pixel(c, pass ? 0.22 : 1, isHatched(k) ? 0.24 : 0));
      for (let i = 0; i < count; i++) {
        if (faded && faded[i] !== pass) continue;
        const k = values[i] === G.UNREACHABLE ? slots - 1 : values[i];
        const x0 = Math.max(0, Math.round(at.x[i] * scale * ratio - left - w / 2));
        const y0 = Math.max(0, Math.round(at.y[i] * scale * ratio - top - w / 2));
        const x1 = Math.min(width, Math.round(at.x[i] * scale * ratio - left - w / 2) + w);
        const y1 = Math.min(height, Math.round(at.y[i] * scale * ratio - top - w / 2) + w);
        for (let y = y0; y < y1; y++) {
          for (let x = x0, to = y * width + x0; x < x1; x++, to++) bytes[to] = (x + y) % period < line ? dark[k] : plain[k];
        }
      }
    }
    ctx.putImageData(picture, 0, 0);
  };

  const paintLarge = function (ctx, view, values, colours, isHatched, faded, side) {
    const slots = colours.length;
    const lists = bucket(values, slots, faded);
    const {scale, ox, oy, min, max} = view;
    const grow = scale * (1 + 0.5 / side);
    const [[ax, ay], [bx, by]] = edge.map(([x, y]) => [x * grow, y * grow]);
    for (let pass = 1; pass >= 0; pass--) {
      ctx.globalAlpha = pass ? 0.22 : 1;
      for (let k = 0; k < slots; k++) {
        const list = lists[pass * slots + k];
        if (!list.length) continue;
        ctx.fillStyle = isHatched(k) ? hatched(ctx, colours[k], view.ratio) : colours[k];
        ctx.beginPath();
        for (const i of list) {
          const x = at.x[i] * scale - ox;
          const y = at.y[i] * scale - oy;
          if (x < min.x - side || x > max.x + side || y < min.y - side || y > max.y + side) continue;
          const px = x - (ax + bx) / 2;
          const py = y - (ay + by) / 2;
          ctx.moveTo(px, py);
          ctx.lineTo(px + ax, py + ay);
          ctx.lineTo(px + ax + bx, py + ay + by);
          ctx.lineTo(px + bx, py + by);
          ctx.closePath();
        }
        ctx.fill();
      }
    }
    ctx.globalAlpha = 1;
  };

  const paint = function (ctx, view, values, colours, isHatched, faded) {
    const side = Math.hypot(...edge[0]) * view.scale;
    (side < 9 ? paintSmall : paintLarge)(ctx, view, values, colours, isHatched, faded, side);
  };

  const paintNow = function (ctx, view) {
    const now = G.shown;
    const phase = G.state.phase;
    if (phase === "change") paint(ctx, view, now.compared, G.changeColours, G.changeHatched, now.faded);
    else paint(ctx, view, phase === "before" ? now.before : now.after, G.classColours, G.classHatched, now.faded);
  };
  const paintLeft = function (ctx, view) {
    if (G.swiping()) paint(ctx, view, G.classes(G.state.view, G.state.left), G.classColours, G.classHatched, G.shown.faded);
  };

  G.addCells = function (map) {
    G.refreshStates();
    const right = new G.CanvasLayer(paintNow, {pane: G.pane(map, "cells", 300), id: "cells"}).addTo(map);
    const left = new G.CanvasLayer(paintLeft, {pane: G.pane(map, "cells-left", 301), id: "cells-left"}).addTo(map);
    let held = false;
    G.watch(function (state, old) {
      G.refreshStates();
      right.redraw();
      if (G.swiping() || held) left.redraw();
      held = G.swiping();
    });
  };

  const place = (i) => [(Math.atan(Math.sinh(Math.PI * (1 - (2 * at.y[i]) / 256))) * 180) / Math.PI, (at.x[i] / 256 - 0.5) * 360];

  /* Bounds of what a build changes, with its own place. */
  G.boundsOf = function (id) {
    const bounds = L.latLngBounds([]);
    const b = G.build(id);
    if (b.lon !== null) bounds.extend([b.lat, b.lon]);
    const change = G.changeOf(b.id);
    if (change) for (const i of change.cells) bounds.extend(place(i));
    return bounds;
  };
  /* Where people of a district live: its uninhabited mountains would shrink the rest. */
  G.boundsOfArea = function (index) {
    const bounds = L.latLngBounds([]);
    for (let i = 0; i < count; i++) if (G.cellDistrict[i] === index) bounds.extend(place(i));
    return bounds;
  };
})();
