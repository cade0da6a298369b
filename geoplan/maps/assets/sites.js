/* Sites: what stands (dots) and what is planned (signs that tell a stated place from a proposed one). */
"use strict";
(function () {
  const D = G.data;
  const css = getComputedStyle(document.documentElement);
  const tone = (name) => css.getPropertyValue("--" + name).trim();

  const yearNow = function () {
    const s = G.state;
    if (s.build) {
      const opens = G.build(s.build).opens;
      return s.phase === "before" ? opens - 1 : opens;
    }
    if (s.phase === "before") return D.moments[G.momentBefore()].year;
    const step = G.step();
    return step.kind === "build" ? step.year - 1 : step.year;
  };
  /* Inside a year the builds passed so far stand too. */
  const passed = () => (G.state.build || G.state.phase === "before" ? [] : G.step().opened || []);

  const dots = [];
  const crosses = [];
  const pins = {};

  const radius = (zoom) => Math.max(1.7, Math.min(6, (zoom - 9.2) * 1.05)) * (D.facilities.length > 400 ? 0.85 : 1.25);

  const addDot = function (f, renderer) {
    const dot = L.circleMarker([f.lat, f.lon], {
      renderer, radius: 2, weight: 1, color: tone("dot-edge"), fillColor: tone("dot"), fillOpacity: 0.95, opacity: 0.9,
    });
    dot.bindPopup(() => G.popupOfFacility(f, false), G.popupOptions);
    dots.push({facility: f, layer: dot});
    if (f.closed) {
      const icon = L.divIcon({className: "pin pin-closed", html: G.sign("closed"), iconSize: [22, 22]});
      const cross = L.marker([f.lat, f.lon], {icon, keyboard: false});
      cross.bindPopup(() => G.popupOfFacility(f, true), G.popupOptions);
      crosses.push({facility: f, layer: cross});
    }
  };

  const addPin = function (b) {
    const size = b.site === "proposed" ? 20 : 22;
    const icon = L.divIcon({className: "pin pin-" + b.site, html: G.sign(b.site), iconSize: [size, size]});
    const pin = L.marker([b.lat, b.lon], {icon, keyboard: false, riseOnHover: true, zIndexOffset: b.site === "proposed" ? 0 : 500});
    pin.bindPopup(() => G.popupOfBuild(b), G.popupOptions);
    pins[b.id] = {build: b, layer: pin};
  };

  const buildSeen = function (b) {
    const s = G.state;
    if (s.build) return b.id === s.build;
    const view = D.views.find((v) => v.key === s.view);
    if (b.owner === "private" && !view.private) return false;
    if (b.site === "proposed" && !view.proposed) return false;
    return b.opens <= yearNow() || passed().includes(b.id);
  };

  /* While swiping, what opened after the left moment stands on the right side alone. */
  const paneOf = (b) => (G.swiping() && b.opens > D.moments[G.state.left].year ? "later" : "markerPane");

  const show = function (map, layer, seen) {
    if (seen && !map.hasLayer(layer)) layer.addTo(map);
    if (!seen && map.hasLayer(layer)) layer.remove();
  };

  G.addSites = function (map) {
    /* A popup keeps clear of what floats over the map: the controls above it, the zoom buttons beside it. */
    const narrow = map.getSize().x < 500;
    const pad = G.padding();
    G.popupOptions = {
      maxWidth: narrow ? 262 : 320, minWidth: narrow ? 220 : 280, className: "popup",
      autoPanPaddingTopLeft: [14, pad.paddingTopLeft[1]], autoPanPaddingBottomRight: [66, 30],
    };
    G.pane(map, "later", 601, true);
    const renderer = L.canvas({pane: G.pane(map, "existing", 400, true), padding: 0.12, tolerance: 6});
    for (const f of D.facilities) if (f.lon !== null) addDot(f, renderer);
    for (const b of D.builds) if (b.lon !== null) addPin(b);

    /* Signs that a name must not hide: all of them where they are few, else those whose place is known. */
    G.pinsShown = function () {
      const seen = Object.values(pins).map((p) => p.build).filter(buildSeen);
      return seen.length <= 40 ? seen : seen.filter((b) => b.site !== "proposed");
    };

    const refresh = function () {
      const year = yearNow();
      for (const {facility: f, layer} of dots) {
        show(map, layer, !f.build && f.opens <= year && !(f.closed && f.closed <= year));
      }
      for (const {facility: f, layer} of crosses) show(map, layer, f.closed <= year);
      for (const id in pins) {
        const {build, layer} = pins[id];
        const seen = buildSeen(build);
        const pane = paneOf(build);
        if (seen && layer.options.pane !== pane) {
          layer.remove();
          layer.options.pane = pane;
        }
        show(map, layer, seen);
      }
      G.redrawNames();
    };
    const resize = function () {
      const zoom = map.getZoom();
      for (const {layer} of dots) layer.setRadius(radius(zoom));
      map.getContainer().classList.toggle("far", zoom < 12.4);
      map.getContainer().classList.toggle("near", zoom >= 14);
    };
    map.on("zoomend", resize);
    G.watch(refresh);
    resize();
    refresh();
    G.popupAt = function (f) {
      const dot = dots.find((d) => d.facility === f);
      if (dot && map.hasLayer(dot.layer)) dot.layer.openPopup();
    };
    G.openPopup = function (id) {
      if (pins[id] && map.hasLayer(pins[id].layer)) pins[id].layer.openPopup();
    };
  };
})();
