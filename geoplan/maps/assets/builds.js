/* Builds: the list of planned objects by year, and the card of the one chosen. */
"use strict";
(function () {
  const D = G.data;
  let home = null;
  let opener = null;

  const stated = (b) => b.site === "stated" || b.site === "register";
  const known = (b) => b.effect && b.site !== "none";
  const ranged = (b) => b.effect.low !== null && b.effect.low !== b.effect.high;

  /* What a build brings: one figure where its place is stated, else the range of the draws, since its place is open. */
  G.gainText = function (b) {
    if (!known(b)) return G.T("build.no_site");
    if (!stated(b) && ranged(b)) return G.T("number.persons", {value: G.T("build.range", {low: G.count(b.effect.low), high: G.count(b.effect.high)})});
    return G.peopleSigned(b.effect.newly);
  };
  const gain = (b) => (!known(b) ? "–" : !stated(b) && ranged(b) ? G.T("build.range", {low: G.count(b.effect.low), high: G.count(b.effect.high)}) : G.countSigned(b.effect.gained));
  const loss = (b) => (known(b) ? (b.effect.lost ? G.countSigned(-b.effect.lost) : G.number(0)) : "–");

  const row = (b, rank) => G.el("tr", {class: G.state.build === b.id ? "chosen" : null, "data-row": b.id}, [
    G.el("th", {scope: "row"}, [G.el("button", {
      type: "button", class: "build", "data-build": b.id, "aria-pressed": String(G.state.build === b.id), onclick: () => G.chooseBuild(b.id),
    }, [
      G.sign(b.site === "none" ? "existing" : b.site),
      G.el("span", {class: "build-name"}, [
        G.el("span", {text: rank ? G.T("build.ranked", {rank: G.number(rank), title: G.buildTitle(b)}) : G.buildTitle(b)}),
        G.el("small", {text: G.buildPlace(b), dir: b.place ? "auto" : null}),
      ]),
    ])]),
    G.el("td", {class: "strong", text: gain(b)}),
    G.el("td", {class: b.effect && b.effect.lost > 0 ? "worse" : null, text: loss(b)}),
  ]);

  const group = (title, builds, ranked) => (builds.length ? [
    G.el("tr", {class: "group"}, [G.el("th", {scope: "colgroup", colspan: 3, text: title})]),
    ...builds.map((b, k) => row(b, ranked && builds.length > 1 ? k + 1 : 0)),
  ] : []);

  /* Builds are ranked among those whose place is stated only; the others keep the document's order. */
  const table = function (mine) {
    const sure = mine.filter((b) => known(b) && stated(b)).sort((a, b) => b.effect.newly - a.effect.newly || (a.id < b.id ? -1 : 1));
    const open = mine.filter((b) => known(b) && !stated(b));
    const none = mine.filter((b) => !known(b));
    const head = ["table.build", "table.gained", "table.lost"].map((key) => G.el("th", {scope: "col", text: G.T(key)}));
    return G.el("table", {class: "table builds-table"}, [
      G.el("thead", {}, [G.el("tr", {}, head)]),
      G.el("tbody", {}, [...group(G.T("build.stated"), sure, true), ...group(G.T("build.proposed"), open, false), ...group(G.T("build.none"), none, false)]),
    ]);
  };

  const here = (b) => !G.state.area || (b.district || b.site_district) === G.state.area;

  const list = function () {
    const builds = D.builds.filter(here);
    const years = [...new Set(builds.map((b) => b.opens))].sort((a, b) => a - b);
    const now = G.step().year;
    G.fill("builds", years.map(function (year) {
      const mine = builds.filter((b) => b.opens === year);
      return G.el("details", {class: "year", "data-year": year, open: year === now}, [
        G.el("summary", {}, [G.el("span", {text: G.T("build.year", {year})}), G.el("span", {class: "count", text: G.N("build.count", mine.length)})]),
        table(mine),
      ]);
    }));
    if (!years.length && D.builds.length) G.fill("builds", [G.el("p", {class: "small", text: G.T("build.nothing_here")})]);
  };

  const card = function () {
    const b = G.build(G.state.build);
    const e = b.effect;
    const figure = (key, value, id) => G.el("div", {class: "figure"}, [G.el("strong", {id, text: value}), G.el("span", {text: G.T(key)})]);
    const range = e && e.low !== null && e.low !== e.high ? G.T(b.site === "proposed" ? "card.range" : "card.spread", {low: G.count(e.low), high: G.people(e.high)}) : null;
    const note = !e || b.site === "none" ? G.T("card.no_effect") : b.site === "proposed" ? G.T("card.proposed") : null;
    G.fill("card", [
      G.el("div", {class: "card-head"}, [
        G.el("p", {class: "badge badge-" + b.site}, [b.site === "none" ? null : G.sign(b.site), G.el("span", {text: G.siteText(b)})]),
        G.el("button", {type: "button", id: "card-close", class: "close", "aria-label": G.T("card.close"), text: "×", onclick: () => G.closeBuild()}),
      ]),
      G.el("h2", {id: "card-title", tabindex: "-1", text: G.buildTitle(b)}),
      G.el("p", {class: "where", text: G.buildPlace(b), dir: b.place ? "auto" : null}),
      e && b.site !== "none" ? G.el("div", {class: "figures"}, [
        figure("card.newly", G.countSigned(e.newly), "card-newly"),
        figure("card.gained", G.count(e.gained), "card-gained"),
        figure("card.lost", G.count(e.lost), "card-lost"),
        e.cost_per ? figure("card.cost_per", G.T("popup.cost_per_value", {value: G.number(e.cost_per / 1000)}), "card-cost") : null,
      ]) : null,
      range ? G.el("p", {class: "small", text: range}) : null,
      e && D.drawn_existing && D.changes.spans[b.id] ? G.el("p", {class: "small", text: G.T("card.middle")}) : null,
      note ? G.el("p", {class: "small", text: note}) : null,
      e && b.site !== "none" ? G.el("p", {class: "small", text: G.T("card.order", {alone: G.people(e.alone), dropped: G.people(e.dropped)})}) : null,
      e && e.mean_before !== null && b.site !== "none" ? G.el("p", {class: "small", text: G.T("card.mean", {before: G.number(e.mean_before, 2), after: G.number(e.mean_after, 2)})}) : null,
      e && e.helped && b.site !== "none" ? G.el("p", {class: "small", text: G.T("card.helped", {district: G.districtName(e.helped)})}) : null,
      G.buildFacts(b),
    ]);
  };

  const mark = function (state, old) {
    if (old && state.build === old.build && state.language === old.language) return;
    for (const button of document.querySelectorAll("button.build")) {
      button.setAttribute("aria-pressed", String(button.dataset.build === state.build));
      button.closest("tr").classList.toggle("chosen", button.dataset.build === state.build);
    }
    const open = Boolean(state.build);
    G.byId("card").hidden = !open;
    G.byId("city").hidden = open;
    if (open) card();
    if (open || (old && old.build)) G.byId("panel").scrollTop = G.byId("side").scrollTop = 0;
    if (open) G.byId("card-title").focus({preventScroll: true});
    else if (opener) {
      const back = [...document.querySelectorAll("button.build")].find((one) => one.dataset.build === opener);
      opener = null;
      if (back) {
        back.closest("details").open = true;
        back.focus();
      }
    }
  };

  G.chooseBuild = function (id) {
    if (!G.state.build) home = {center: G.map.getCenter(), zoom: G.map.getZoom()};
    opener = id;
    G.map.closePopup();
    G.set({build: id, phase: "change"});
    if (G.stacked()) G.byId("card").scrollIntoView({block: "nearest"});
    const bounds = G.boundsOf(id);
    if (bounds.isValid()) G.map.fitBounds(bounds, Object.assign({maxZoom: 15}, G.padding(true), G.motion));
  };

  G.closeBuild = function () {
    G.map.closePopup();
    G.set({build: null, phase: "after"});
    if (home) G.map.setView(home.center, home.zoom, G.motion);
    home = null;
  };

  G.addBuilds = function () {
    list();
    G.watch(function (state, old) {
      if (state.language !== old.language || state.area !== old.area) list();
      else if (!state.build && state.step !== old.step) {
        /* The year the reader has come to stands open. */
        const year = G.step().year;
        for (const one of document.querySelectorAll("#builds details")) one.open = Number(one.dataset.year) === year;
      }
    });
    G.watch(mark);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && G.state.build) G.closeBuild(); });
  };
})();
