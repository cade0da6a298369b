/* Swipe: two moments side by side, parted by a handle. Two panes with a clip; the handle is a range input, so keys work. */
"use strict";
(function () {
  const D = G.data;
  G.swiping = () => G.state.phase === "swipe" && !G.state.build;

  const clip = function () {
    const map = G.map;
    const panes = {left: map.getPane("cells-left"), right: map.getPane("cells"), pins: map.getPane("later")};
    const on = G.swiping();
    G.byId("swipe").hidden = !on;
    if (!on) {
      panes.right.style.clipPath = panes.pins.style.clipPath = "";
      return;
    }
    const part = Number(G.byId("swipe-range").value) / 100;
    const size = map.getSize();
    const from = map.containerPointToLayerPoint([0, 0]);
    const x = from.x + size.x * part;
    const box = (a, b) => "polygon(" + [[a, from.y - 9], [b, from.y - 9], [b, from.y + size.y + 9], [a, from.y + size.y + 9]]
      .map(([px, py]) => px + "px " + py + "px").join(", ") + ")";
    panes.left.style.clipPath = box(from.x - 9, x);
    panes.right.style.clipPath = panes.pins.style.clipPath = box(x, from.x + size.x + 9);
    G.byId("swipe").style.setProperty("--at", part * 100 + "%");
  };

  const words = function () {
    if (!G.swiping()) return;
    const left = D.moments[G.state.left].label;
    const right = G.stepText();
    G.byId("swipe-left").textContent = left;
    G.byId("swipe-right").textContent = right;
    G.byId("swipe-range").setAttribute("aria-label", G.T("swipe.handle", {left, right}));
  };

  const choices = function () {
    G.byId("left-label").textContent = G.T("swipe.left");
    G.fill("left", D.moments.map((m, k) => G.el("option", {value: k, text: m.label, selected: k === G.state.left})));
  };

  G.addSwipe = function (map) {
    const range = G.byId("swipe-range");
    map.getContainer().appendChild(G.byId("swipe"));
    L.DomEvent.disableClickPropagation(G.byId("swipe"));
    range.addEventListener("input", clip);
    G.byId("left").addEventListener("change", (event) => G.set({left: Number(event.target.value)}));
    map.on("move zoom viewreset resize zoomend", clip);
    const draw = function () {
      G.byId("left-row").hidden = !G.swiping();
      clip();
      words();
    };
    G.watch(function (state, old) {
      if (state.language !== old.language) choices();
      draw();
    });
    choices();
    draw();
  };
})();
