/* Popup: what a facility or a build is, in plain words. Built from nodes: text from data stays text. */
"use strict";
(function () {
  const D = G.data;
  const districtName = Object.fromEntries(D.districts.map((d) => [d.slug, d.name]));
  G.districtName = (slug) => (districtName[slug] ? G.word(districtName[slug]) : G.T("district.unknown"));

  const rows = (list) => G.el("dl", {class: "facts"}, list.filter(([, value]) => value).flatMap(
    ([key, value, own]) => [G.el("dt", {text: G.T(key)}), G.el("dd", {text: value, dir: own ? "auto" : null})]));

  /* What the map says of a place's accuracy. */
  const accuracy = function (precision, radius) {
    if (!precision) return null;
    const text = G.T("precision." + precision);
    return radius ? G.T("popup.radius", {precision: text, radius: G.number(radius)}) : text;
  };

  const capacity = function (b) {
    if (b.capacity === null) return null;
    const text = G.T("capacity." + b.unit, {value: G.number(b.capacity)});
    return b.capacity_basis === "stated" ? text : G.T("popup.capacity_mean", {capacity: text});
  };

  G.buildTitle = function (b) {
    const kind = G.T("kind." + b.kind);
    return b.capacity === null ? kind : G.T("build.title", {kind, capacity: G.T("capacity." + b.unit, {value: G.number(b.capacity)})});
  };
  G.buildPlace = function (b) {
    if (b.place) return b.place;
    if (b.district) return G.districtName(b.district);
    return b.site_district ? G.T("district.proposed", {district: G.districtName(b.site_district)}) : G.T("district.unstated");
  };
  G.siteText = (b) => G.T(b.owner === "private" && b.site === "proposed" ? "site.private" : "site." + b.site);

  const newly = function (b) {
    const e = b.effect;
    if (!e) return null;
    const value = G.peopleSigned(e.newly);
    if (e.low === null || (e.low === e.high)) return value;
    return G.T("popup.with_range", {value, low: G.count(e.low), high: G.count(e.high)});
  };

  G.buildFacts = function (b) {
    const e = b.effect || {};
    return rows([
      ["popup.action", G.T("action." + b.action)],
      ["popup.capacity", capacity(b)],
      ["popup.opens", G.T("popup.year_basis", {year: b.opens, basis: G.T("opens_basis." + b.opens_basis)})],
      ["popup.district", b.district ? G.districtName(b.district) : G.T("district.unstated")],
      ["popup.place", b.place, true],
      ["popup.accuracy", b.site === "stated" ? accuracy(b.precision, b.radius) : null],
      ["popup.replaces", b.replaces === "unnamed" ? G.T("popup.replaces_unnamed") : b.replaces, b.replaces !== "unnamed"],
      ["popup.standing", b.standing ? G.T("standing." + b.standing) : null],
      ["popup.owner", b.owner === "state" ? null : G.T("owner." + b.owner)],
      ["popup.newly", newly(b)],
      ["popup.lost", e.lost ? G.people(e.lost) : null],
      ["popup.cost", b.cost === null ? null : G.T("popup.cost_value", {value: G.number(b.cost)})],
      ["popup.cost_per", e.cost_per ? G.T("popup.cost_per_value", {value: G.number(e.cost_per / 1000)}) : null],
      ["popup.project", b.project],
    ]);
  };

  G.popupOfBuild = (b) => G.el("div", {}, [
    G.el("p", {class: "badge badge-" + b.site}, [G.sign(b.site), G.el("span", {text: G.siteText(b)})]),
    G.el("h3", {text: G.buildTitle(b)}),
    G.el("p", {class: "where", text: G.buildPlace(b), dir: b.place ? "auto" : null}),
    G.buildFacts(b),
    G.state.build === b.id ? null
      : G.el("button", {type: "button", class: "link-button", text: G.T("popup.show"), onclick: () => G.chooseBuild(b.id)}),
  ]);

  G.popupOfFacility = (f, closed) => G.el("div", {}, [
    G.el("p", {class: "badge"}, [
      G.sign(closed ? "closed" : "existing"),
      G.el("span", {text: closed ? G.T("site.closed", {year: f.closed}) : G.T("site.existing")}),
    ]),
    G.el("h3", {text: f.name, dir: "auto"}),
    G.el("p", {class: "where", text: f.address, dir: "auto"}),
    rows([
      ["popup.district", f.district ? G.districtName(f.district) : null],
      ["popup.owner", f.owner ? G.T("owner." + f.owner) : null],
      ["popup.opens", f.opens ? String(f.opens) : null],
      ["popup.accuracy", accuracy(f.precision, f.radius)],
    ]),
  ]);
})();
