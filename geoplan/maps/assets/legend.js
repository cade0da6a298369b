/* Legend: the classes with the share of people in each, what the threshold is, and the signs. */
"use strict";
(function () {
  const D = G.data;
  const limit = G.limit;

  const classText = function (k) {
    if (k > D.breaks.length) return G.T("legend.unreachable");
    if (k === D.breaks.length) return G.T("legend.over_" + D.unit, {low: G.bound(D.breaks[k - 1])});
    if (k === 0) return G.T("legend.under", {high: G.bound(D.breaks[0])});
    return G.T("legend.between", {low: G.number(D.breaks[k - 1]), high: G.bound(D.breaks[k])});
  };

  const bar = (colour, share, most) => G.el("span", {class: "legend-bar"}, [
    G.el("span", {style: {width: Math.max(share > 0 ? 1 : 0, (100 * share) / most) + "%", background: colour}}),
  ]);

  const line = (colour, hatched, text, value, share, most) => G.el("li", {class: most ? "" : "no-bar"}, [
    G.el("span", {class: "swatch" + (hatched ? " hatched" : ""), style: {"background-color": colour}}),
    G.el("span", {class: "legend-text", text}),
    most ? bar(colour, share, most) : null,
    G.el("span", {class: "legend-value", text: value}),
  ]);

  const classes = function () {
    const shares = G.peopleByClass(G.state.phase === "before" ? G.shown.before : G.shown.after);
    const most = Math.max(...shares);
    const rows = [];
    shares.forEach(function (share, k) {
      if (k > D.breaks.length && share < 0.00005) return;
      rows.push(line(G.classColours[k], G.classHatched(k), classText(k), G.percent(share), share, most));
      if (k === limit) rows.push(G.el("li", {class: "threshold"}, [G.el("span", {text: G.T("legend.threshold", {bound: G.bound(D.threshold)})})]));
    });
    return rows;
  };

  const changes = function () {
    const sums = G.peopleByChange(G.shown.compared);
    const C = G.CHANGE;
    const order = ["gained", "lost", "nearer", "farther", "within", "out"].filter((n) => ["gained", "within", "out"].includes(n) || sums[C[n]] > 0);
    /* Where existing facilities are drawn, a cell shows its middle draw: its people do not add up to a build's figures. */
    const told = !(G.state.build && D.drawn_existing);
    return order.map((n) => line(G.changeColours[C[n]], G.changeHatched(C[n]), G.T("change." + n), told ? G.people(sums[C[n]]) : "", 0, 0));
  };

  const strip = function (phase) {
    if (phase === "change") {
      return ["gained", "lost", "within", "out"].map((n) => G.el("span", {class: "strip-item strip-word"}, [
        G.el("i", {class: G.changeHatched(G.CHANGE[n]) ? "hatched" : null, style: {"background-color": G.changeColours[G.CHANGE[n]]}}), G.el("span", {text: G.T("change_short." + n)})]));
    }
    return D.colours.map((colour, k) => G.el("span", {class: "strip-item" + (k === limit ? " strip-limit" : "")}, [
      G.el("i", {class: G.classHatched(k) ? "hatched" : null, style: {"background-color": colour}}),
      G.el("span", {text: k < D.breaks.length ? G.number(D.breaks[k]) : G.T("unit_short." + D.unit)}),
    ]));
  };

  const signs = function () {
    const kinds = ["existing"].concat(["stated", "register", "proposed"].filter((k) => D.builds.some((b) => b.site === k)));
    if (D.facilities.some((f) => f.closed)) kinds.push("closed");
    return kinds.map((k) => G.el("li", {}, [G.sign(k), G.el("span", {text: G.T("sign." + k)})]));
  };

  const draw = function () {
    const phase = G.state.phase;
    G.byId("legend-title").textContent = G.T(phase === "change" ? "legend.title_change" : "legend.title_" + D.service);
    G.fill("legend-signs", signs());
    G.fill("legend-classes", phase === "change" ? changes() : classes());
    G.fill("strip", strip(phase));
  };

  G.addLegend = function () {
    /* On a phone the strip under the map already tells the colours. */
    G.byId("legend").open = !G.stacked() && window.innerHeight > 640;
    G.watch(draw);
    draw();
  };
})();
