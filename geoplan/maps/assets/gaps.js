/* Gaps: the largest clusters of people beyond the threshold at the moment shown, in a table and as numbers on the map. */
"use strict";
(function () {
  const D = G.data;
  const SHOWN = 10;
  let layers = [];

  const rows = function () {
    const view = D.views.find((v) => v.key === G.state.view);
    const list = (D.gaps[view.proposed ? "proposed" : "placed"] || [])[G.state.moment] || [];
    return list.filter((g) => !G.state.area || g.district === G.state.area).slice(0, SHOWN);
  };

  const name = function (g) {
    if (!g.place) return g.district ? G.districtName(g.district) : G.T("district.unknown");
    return g.near ? G.T("gaps.near", {name: g.place}) : g.place;
  };
  const where = (g) => (g.place && g.district ? G.districtName(g.district) : "");
  const nearest = (g) => (g.nearest === null ? G.T("gaps.no_way") : G.T("unit." + D.unit, {value: G.number(g.nearest, D.unit === "min" ? 1 : 0)}));

  const go = (g) => G.map.setView([g.lat, g.lon], Math.max(13.5, G.map.getZoom()), G.motion);

  const table = function (list) {
    const head = ["table.gap", "table.left", "table.nearest"].map((key) => G.el("th", {scope: "col", text: G.T(key)}));
    G.fill("gaps", [G.el("thead", {}, [G.el("tr", {}, head)]), G.el("tbody", {}, list.map((g, k) => G.el("tr", {}, [
      G.el("th", {scope: "row"}, [G.el("button", {type: "button", class: "place-pick", onclick: () => go(g)}, [
        G.el("span", {class: "gap-mark", text: G.number(k + 1), "aria-hidden": "true"}),
        G.el("span", {}, [G.el("span", {text: name(g), dir: g.place ? "auto" : null}), where(g) ? G.el("small", {text: where(g)}) : null]),
      ])]),
      G.el("td", {class: "strong", text: G.count(g.persons)}),
      G.el("td", {text: nearest(g)}),
    ])))]);
    G.byId("gaps-none").textContent = list.length ? "" : G.T(G.state.area ? "gaps.none_here" : "gaps.none");
    G.byId("gaps").hidden = !list.length;
  };

  const mark = function (map, list) {
    for (const layer of layers) layer.remove();
    layers = [];
    if (G.state.build || !G.byId("gaps-on-map").checked) return;
    layers = list.map(function (g, k) {
      const icon = L.divIcon({className: "gap-pin", html: G.el("span", {class: "gap-mark", text: G.number(k + 1)}), iconSize: [24, 24]});
      const marker = L.marker([g.lat, g.lon], {icon, keyboard: false, pane: "gap-marks"});
      marker.bindPopup(() => G.el("div", {}, [
        G.el("h3", {text: name(g), dir: g.place ? "auto" : null}),
        G.el("p", {class: "where", text: where(g)}),
        G.el("p", {text: G.T("gaps.popup", {people: G.people(g.persons), nearest: nearest(g)})}),
      ]), G.popupOptions);
      return marker.addTo(map);
    });
  };

  G.addGaps = function (map) {
    G.pane(map, "gap-marks", 605, true);
    const draw = function () {
      const list = rows();
      table(list);
      mark(map, list);
    };
    G.byId("gaps-on-map").addEventListener("change", draw);
    G.watch(draw);
    draw();
  };
})();
