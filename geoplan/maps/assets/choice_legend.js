/* Choice legend: what the colours and hatching mean, the people of each, and the signs. */
"use strict";
(function () {
  const D = G.data;
  const ORDER = ["gained"].concat(D.nearer ? ["nearer"] : [], ["within", "out"]);
  const people = (name) => (name === "nearer" ? "" : G.people(G.plan()[name]));

  const rows = () => ORDER.map((name) => G.el("li", {class: "no-bar"}, [
    G.el("span", {class: "swatch" + (G.changeHatched(G.CHANGE[name]) ? " hatched" : ""), style: {"background-color": G.changeColours[G.CHANGE[name]]}}),
    G.el("span", {class: "legend-text", text: G.T("change." + name)}),
    G.el("span", {class: "legend-value", text: people(name)}),
  ]));

  const strip = () => ORDER.filter((name) => name !== "nearer").map((name) => G.el("span", {class: "strip-item strip-word"}, [
    G.el("i", {class: G.changeHatched(G.CHANGE[name]) ? "hatched" : null, style: {"background-color": G.changeColours[G.CHANGE[name]]}}),
    G.el("span", {text: G.T("change_short." + name)}),
  ]));

  const dot = (kind) => G.el("span", {class: "dot-mark dot-" + kind});
  const signs = function () {
    const there = new Set(D.facilities.map((f) => (f[2] === "register" ? "stated" : f[2])));
    const kinds = ["existing", "stated", "proposed"].filter((kind) => there.has(kind));
    return [G.el("li", {}, [G.el("span", {class: "number-mark", text: G.number(1)}), G.el("span", {text: G.T("choice_map.proposed_long")})])]
      .concat(kinds.map((kind) => G.el("li", {}, [dot(kind), G.el("span", {text: G.T("choice_map." + kind)})])));
  };

  const draw = function () {
    G.fill("legend-classes", rows());
    G.fill("legend-signs", signs());
    G.fill("strip", strip());
  };

  G.addChoiceLegend = function () {
    G.byId("legend").open = !G.stacked() && window.innerHeight > 640;
    G.watch(draw);
    draw();
  };
})();
