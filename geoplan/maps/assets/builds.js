/* Builds: the list of planned objects by year, and the card of the one chosen. */
"use strict";
(function () {
  const D = G.data;
  let home = null;
  let opener = null;

  const item = (b) => G.el("li", {}, [G.el("button", {
    type: "button", class: "build", "data-build": b.id, "aria-pressed": "false", onclick: () => G.chooseBuild(b.id),
  }, [
    G.sign(b.site === "none" ? "existing" : b.site),
    G.el("span", {class: "build-name"}, [
      G.el("span", {text: G.buildTitle(b)}),
      G.el("small", {text: G.buildPlace(b), dir: b.place ? "auto" : null}),
    ]),
    G.el("span", {class: "build-gain", text: b.effect && b.site !== "none" ? G.peopleSigned(b.effect.newly) : G.T("build.no_site")}),
  ])]);

  const list = function () {
    const years = [...new Set(D.builds.map((b) => b.opens))].sort((a, b) => a - b);
    G.fill("builds", years.map(function (year) {
      const mine = D.builds.filter((b) => b.opens === year);
      mine.sort((a, b) => ((b.effect && b.effect.newly) || 0) - ((a.effect && a.effect.newly) || 0) || (a.id < b.id ? -1 : 1));
      return G.el("details", {class: "year"}, [
        G.el("summary", {}, [G.el("span", {text: G.T("build.year", {year})}), G.el("span", {class: "count", text: G.number(mine.length)})]),
        G.el("ul", {}, mine.map(item)),
      ]);
    }));
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
    }
    const open = Boolean(state.build);
    G.byId("card").hidden = !open;
    G.byId("city").hidden = open;
    if (open) card();
    G.byId("panel").scrollTop = 0;
    G.byId("side").scrollTop = 0;
    if (open) G.byId("card-title").focus({preventScroll: true});
    else if (opener) {
      const back = document.querySelector('button.build[data-build="' + opener + '"]');
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
    G.watch((state, old) => { if (state.language !== old.language) list(); });
    G.watch(mark);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && G.state.build) G.closeBuild(); });
  };
})();
