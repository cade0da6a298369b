/* Choice sites: the proposed ones, numbered and labelled as proposals, over what stands and what the roadmap opens. */
"use strict";
(function () {
  const D = G.data;
  const css = getComputedStyle(document.documentElement);
  const tone = (name) => css.getPropertyValue("--" + name).trim();
  const PIN = 24;
  let pins = [];

  const popup = (site, number) => G.el("div", {}, [
    G.el("p", {class: "badge badge-proposed"}, [G.sign("proposed"), G.el("span", {text: G.T("choice_map.proposed_long")})]),
    G.el("h3", {text: G.T("choice_map.site", {number})}),
    G.el("p", {class: "where", text: site.corner, dir: "auto", lang: "ru"}),
    G.el("p", {class: "where", text: site.place, dir: "auto", lang: "ru"}),
    G.el("p", {class: "where", text: G.word(site.district)}),
    G.el("p", {text: G.word(site.reason)}),
  ]);

  const pin = function (site, at) {
    const html = G.el("div", {class: "proposal"}, [
      G.el("span", {class: "number-mark", text: G.number(at + 1)}), G.el("span", {class: "proposal-tag", text: G.T("choice_map.tag")}),
    ]);
    const icon = L.divIcon({className: "pin-choice", html, iconSize: [30, 30]});
    const marker = L.marker([site.lat, site.lon], {icon, keyboard: false, riseOnHover: true});
    marker.bindPopup(() => popup(site, at + 1), {className: "popup", maxWidth: 300, minWidth: 220, autoPanPaddingTopLeft: [14, 90], autoPanPaddingBottomRight: [66, 30]});
    return marker;
  };

  G.pinsShown = () => G.plan().sites;
  G.pinTag = [42, 30];

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // Where pins stand close, a label under one would cover the next: it is left out until a reader zooms in.
  const spread = function () {
    const parts = pins.map((marker) => marker.getElement()).filter(Boolean);
    const taken = parts.map((part) => part.querySelector(".number-mark").getBoundingClientRect());
    for (const part of parts) {
      const tag = part.querySelector(".proposal-tag");
      const box = tag.getBoundingClientRect();
      const free = !taken.some((other) => overlap(box, other));
      tag.style.visibility = free ? "" : "hidden";
      if (free) taken.push(box);
    }
  };

  const draw = function () {
    for (const marker of pins) marker.remove();
    pins = G.plan().sites.map(pin);
    for (const marker of pins) marker.addTo(G.map);
    spread();
    G.redrawNames();
  };

  G.siteUnderLegend = function () {
    if (G.stacked()) return false;
    const frame = G.map.getContainer().getBoundingClientRect();
    const legend = G.byId("legend").getBoundingClientRect();
    return D.plans.some((plan) => plan.sites.some(function (site) {
      const at = G.map.latLngToContainerPoint([site.lat, site.lon]);
      const [x, y] = [frame.left + at.x, frame.top + at.y];
      return x > legend.left - PIN && y > legend.top - PIN && x < legend.right + PIN && y < legend.bottom + PIN;
    }));
  };

  G.goToSite = function (at) {
    const site = G.plan().sites[at];
    G.map.setView([site.lat, site.lon], Math.max(13.5, G.map.getZoom()), G.motion);
    pins[at].openPopup();
  };

  /* What the roadmap places is no circle, as on the service pages: dots this small are told apart by shape, not by colour. */
  const Diamond = L.CircleMarker.extend({
    _updatePath: function () {
      const ctx = this._renderer._ctx;
      if (!this._renderer._drawing || this._empty()) return;
      const {x, y} = this._point;
      const r = this._radius * 1.35;
      ctx.beginPath();
      for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) ctx.lineTo(x + dx, y + dy);
      ctx.closePath();
      this._renderer._fillStroke(ctx, this);
    },
  });

  G.addProposals = function (map) {
    const renderer = L.canvas({pane: G.pane(map, "existing", 400, true), padding: 0.12, tolerance: 6});
    const dots = D.facilities.map(function ([lon, lat, status, name]) {
      const plan = status !== "existing";
      const hollow = status === "proposed";
      const dot = new (plan && !hollow ? Diamond : L.CircleMarker)([lat, lon], {
        renderer, radius: 3, weight: hollow ? 2 : 1, color: hollow ? tone("plan") : tone("dot-edge"),
        fillColor: hollow ? "#ffffff" : tone(plan ? "plan" : "dot"), fillOpacity: 0.95, opacity: 0.95,
      });
      dot.bindPopup(() => G.el("div", {}, [
        G.el("p", {class: "badge", text: G.T("choice_map." + (status === "register" ? "stated" : status))}),
        name ? G.el("h3", {text: name, dir: "auto", lang: "ru"}) : null,
      ]), {className: "popup", maxWidth: 260});
      return dot.addTo(map);
    });
    const resize = function () {
      const size = Math.max(2, Math.min(6.5, (map.getZoom() - 8.4) * 1.1)) * (D.facilities.length > 400 ? 0.75 : 1.25);
      for (const dot of dots) dot.setRadius(size);
    };
    map.on("zoomend", resize);
    resize();
    map.on("zoomend", spread);
    draw();
    G.watch(draw);
  };
})();
