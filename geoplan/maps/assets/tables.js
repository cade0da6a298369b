/* Tables: sortable headings, and the list of what stands today. All that the map shows can be read in a table. */
"use strict";
(function () {
  const D = G.data;

  G.sortHead = (columns, order, sort) => G.el("thead", {}, [G.el("tr", {}, columns.map((c) => G.el("th", {
    scope: "col", class: c.words ? "words" : null, "aria-sort": order.by === c.by ? (order.down ? "descending" : "ascending") : "none",
  }, [G.el("button", {type: "button", text: G.T(c.text), onclick: () => sort(c)})])))]);

  const columns = [
    {by: "name", text: "table.facility", words: true},
    {by: "address", text: "table.address", words: true},
    {by: "district", text: "table.district", words: true},
  ];
  let order = {by: "name", down: false};

  const draw = function () {
    const rows = D.facilities.filter((f) => !f.build && (!G.state.area || f.district === G.state.area))
      .map((f) => ({f, name: f.name, address: f.address, district: f.district ? G.districtName(f.district) : ""}));
    G.byId("facilities-title").textContent = G.T("facilities.title");
    G.byId("facilities-count").textContent = G.number(rows.length);
    if (!G.byId("facilities-block").open) return;
    const sign = order.down ? -1 : 1;
    rows.sort((a, b) => sign * G.compare(a[order.by], b[order.by]));
    const sort = function (c) {
      order = {by: c.by, down: order.by === c.by ? !order.down : false};
      draw();
      G.byId("facilities").querySelector("[aria-sort$=ending] button").focus();
    };
    const go = function (f) {
      G.map.setView([f.lat, f.lon], Math.max(15.5, G.map.getZoom()), G.motion);
      G.popupAt(f);
    };
    G.fill("facilities", [G.sortHead(columns, order, sort), G.el("tbody", {}, rows.map(({f, district}) => G.el("tr", {}, [
      G.el("th", {scope: "row", class: "words"}, [
        f.lon === null ? G.el("span", {text: f.name, dir: "auto"}) : G.el("button", {type: "button", class: "place-pick", text: f.name, dir: "auto", onclick: () => go(f)}),
      ]),
      G.el("td", {class: "words", text: f.address, dir: "auto"}),
      G.el("td", {class: "words"}, [
        G.el("span", {text: district || G.T("district.unknown")}),
        f.lon === null ? G.el("small", {text: G.T("facilities.no_place")}) : null,
      ]),
    ])))]);
  };

  G.addFacilities = function () {
    /* Filled when opened: a register may hold a thousand rows. */
    G.byId("facilities-block").addEventListener("toggle", draw);
    G.watch((state, old) => { if (state.area !== old.area || state.language !== old.language) draw(); });
    draw();
  };
})();
