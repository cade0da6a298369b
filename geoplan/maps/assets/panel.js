/* Panel: the share before and after with its range, for the city or a district, and the table of districts. */
"use strict";
(function () {
  const D = G.data;
  const CITY = D.city;
  let order = {by: "left", down: true};
  /* One moment: nothing before it, nothing changed, so the one share is today's. */
  const planned = D.moments.length > 1;
  const ofChange = (nodes) => (planned ? nodes : []);

  /* One reading of coverage: {share, low, high, best, population, covered}. share is the median of the draws where there are draws. */
  const reading = (key, moment, area) => D.coverage[key][moment][area];
  const view = (key) => D.views.find((v) => v.key === key);

  /* Left and right of the swipe are the two moments told of, as long as it is on. */
  const from = () => (G.swiping() ? G.state.left : G.momentBefore());
  G.pair = (area) => ({before: reading(G.state.view, from(), area), after: reading(G.state.view, G.state.moment, area)});

  const span = (a, b) => Math.max(0, b - a) * 100 + "%";

  /* A bar on a scale of 0 to 100 %: what was, what is added, the range of the draws, the best case. */
  const bar = function (before, after) {
    const low = Math.min(before.share, after.share);
    const parts = [
      G.el("i", {class: "bar-was", style: {width: span(0, low)}}),
      G.el("i", {class: after.share >= before.share ? "bar-more" : "bar-less", style: {left: span(0, low), width: span(low, Math.max(before.share, after.share))}}),
    ];
    if (after.low !== null) parts.push(G.el("i", {class: "bar-range", style: {left: span(0, after.low), width: span(after.low, after.high)}}));
    if (after.best !== null) parts.push(G.el("i", {class: "bar-best", style: {left: span(0, after.best)}}));
    return G.el("span", {class: "bar", "aria-hidden": "true"}, parts);
  };

  const headline = function () {
    const area = G.state.area || CITY;
    const {before, after} = G.pair(area);
    const s = G.state;
    const year = planned ? D.moments[s.moment].label : G.T("panel.today");
    const range = G.range(after.low, after.high);
    const gained = after.covered - before.covered;
    /* What opens and closes outside the roadmap is not its merit. */
    const without = area === CITY ? D.without[s.moment] : null;
    const differs = without !== null && s.base === "start" && view(s.view).proposed && Math.abs(without - before.share) > 0.0005;
    const value = (label, r, id) => G.el("div", {class: "value value-" + id + (s.phase === id ? " value-now" : "")}, [
      G.el("span", {class: "value-label", text: label}),
      G.el("strong", {id: "share-" + id, text: G.percent(r.share)}),
      G.el("span", {class: "value-people", text: G.people(r.covered)}),
      G.range(r.low, r.high) ? G.el("span", {class: "value-range", text: G.range(r.low, r.high)}) : null,
    ]);
    G.fill("brief", [
      G.el("strong", {text: G.T("panel.brief", {before: G.percent(before.share), after: G.percent(after.share)})}),
      G.el("span", {text: G.peopleSigned(gained)}),
    ]);
    G.fill("headline", [
      G.el("div", {class: "values"}, [
        value(D.moments[from()].label, before, "before"),
        G.el("span", {class: "arrow", "aria-hidden": "true", text: "→"}),
        value(year, after, "after"),
        G.el("div", {class: "value value-change"}, [
          G.el("span", {class: "value-label", text: G.T("panel.change")}),
          G.el("strong", {id: "share-change", text: G.points(after.share - before.share)}),
          G.el("span", {class: "value-people", text: G.peopleSigned(gained)}),
        ]),
      ]),
      bar(before, after),
      G.el("div", {class: "axis", "aria-hidden": "true"}, [0, 25, 50, 75, 100].map((v) => G.el("span", {text: G.percent(v / 100, 0)}))),
      range ? G.el("p", {class: "small", text: G.T("panel.range", {share: G.percent(after.share), range})}) : null,
      after.best !== null ? G.el("p", {class: "small", text: G.T("panel.best", {share: G.percent(after.best)})}) : null,
      differs ? G.el("p", {class: "small", text: G.T("panel.without", {year, share: G.percent(without)})}) : null,
      G.el("p", {class: "small", text: G.T("panel.people", {
        covered: G.people(after.covered),
        left: G.people(after.population - after.covered),
        population: G.people(after.population),
      })}),
    ]);
  };

  const columns = [
    {by: "name", text: "table.district", down: false},
    ...ofChange([{by: "before", text: "table.before", down: true}]),
    {by: "after", text: planned ? "table.after" : "table.today", down: false},
    ...ofChange([{by: "change", text: "table.change", down: true}]),
    {by: "left", text: "table.left", down: true},
  ];

  const districts = function () {
    const rows = D.districts.map(function (d) {
      const {before, after} = G.pair(d.slug);
      return {
        slug: d.slug, name: G.word(d.name), before: before.share, after: after.share, change: after.share - before.share,
        left: after.population - after.covered, pair: [before, after],
      };
    });
    const sign = order.down ? -1 : 1;
    rows.sort((a, b) => sign * (order.by === "name" ? G.compare(a.name, b.name) : a[order.by] - b[order.by]));
    const sort = function (c) {
      order = {by: c.by, down: order.by === c.by ? !order.down : c.down};
      districts();
      G.byId("districts").querySelector("[aria-sort$=ending] button").focus();
    };
    const body = rows.map((r) => G.el("tr", {class: r.slug === G.state.area ? "chosen" : null}, [
      G.el("th", {scope: "row"}, [
        G.el("button", {
          type: "button", class: "area-pick", text: r.name, "data-district": r.slug, "aria-pressed": String(r.slug === G.state.area),
          onclick: () => { G.chooseArea(G.state.area === r.slug ? null : r.slug); G.byId("districts").querySelector("[data-district=" + r.slug + "]").focus({preventScroll: true}); },
        }),
        bar(...r.pair),
      ]),
      ...ofChange([G.el("td", {text: G.percent(r.before)})]),
      G.el("td", {class: "strong"}, [
        G.el("span", {text: G.percent(r.after)}),
        r.pair[1].low !== null ? G.el("small", {text: G.T("number.range", {low: G.number(r.pair[1].low * 100, 1), high: G.number(r.pair[1].high * 100, 1)})}) : null,
      ]),
      ...ofChange([G.el("td", {class: r.change < -0.0005 ? "worse" : null, text: G.difference(r.change)})]),
      G.el("td", {text: G.count(r.left)}),
    ]));
    G.fill("districts", [G.sortHead(columns, order, sort), G.el("tbody", {}, body)]);
  };

  const readings = function () {
    const s = G.state;
    const area = D.readings.filter((r) => r.shares[s.view]);
    const rows = area.map(function (r) {
      const a = r.shares[s.view][from()];
      const b = r.shares[s.view][s.moment];
      return G.el("tr", {}, [
        G.el("th", {scope: "row", text: G.T("reading." + r.mode, {bound: G.T("unit." + r.unit, {value: G.number(r.threshold)})})}),
        ...ofChange([G.el("td", {text: G.percent(a)})]), G.el("td", {class: "strong", text: G.percent(b)}),
        ...ofChange([G.el("td", {text: G.difference(b - a)})]),
      ]);
    });
    const keys = planned ? ["table.reading", "table.before", "table.after", "table.change"] : ["table.reading", "table.today"];
    const head = keys.map((key) => G.el("th", {scope: "col", text: G.T(key)}));
    G.fill("readings", [G.el("thead", {}, [G.el("tr", {}, head)]), G.el("tbody", {}, rows)]);
    G.byId("readings-block").hidden = !rows.length;
    G.byId("readings-note").textContent = D.readings_best_case && view(s.view).proposed ? G.T("panel.readings_best") : "";
  };

  const draw = function () {
    if (G.state.build) return;
    headline();
    districts();
    readings();
    G.byId("view-note").textContent = G.T("view_hint." + view(G.state.view).text);
  };

  G.addPanel = function () {
    G.watch(draw);
    draw();
  };
})();
