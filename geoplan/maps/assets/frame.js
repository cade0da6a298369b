/* Frame: what every map of the pages has - zoom buttons, scale, attribution, the text on a phone's whole screen. */
"use strict";
(function () {
  /* Readers who asked their system for less motion get none. */
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  G.motion = {animate: !calm};

  /* What covers the map's edges: the controls float over it on a wide screen. */
  G.padding = function (besideLegend) {
    if (G.stacked()) return {paddingTopLeft: [16, 16], paddingBottomRight: [16, 40]};
    const map = G.map.getContainer().getBoundingClientRect();
    const bar = G.byId("controls").getBoundingClientRect();
    const over = bar.right > map.left + 1 && bar.left < map.right - 1 && bar.bottom > map.top + 1 && bar.top < map.bottom - 1;
    if (!over) return {paddingTopLeft: [16, 16], paddingBottomRight: [16, 40]};
    const legend = G.byId("legend");
    const side = besideLegend && legend.open ? legend.offsetWidth + 24 : 110;
    return {paddingTopLeft: [16, bar.bottom - map.top + 12], paddingBottomRight: [side, 16]};
  };

  /* Leaflet's own scale writes Latin units. */
  const Scale = L.Control.Scale.extend({
    _updateMetric: function (most) {
      const metres = this._getRoundNum(most);
      const text = metres < 1000 ? G.T("unit.m", {value: G.number(metres)}) : G.T("unit.km", {value: G.number(metres / 1000)});
      this._updateScale(this._mScale, text, metres / most);
    },
  });

  G.addFrame = function (map) {
    if (calm) map._zoomAnimated = false;
    map.attributionControl.setPrefix(false);
    L.control.zoom({position: "topright"}).addTo(map);
    const scale = new Scale({imperial: false, position: "bottomleft"}).addTo(map);
    const speak = function () {
      map.attributionControl._attributions = {[G.T("map.attribution")]: 1};
      map.attributionControl._update();
      for (const part of ["in", "out"]) {
        const button = map.zoomControl_.querySelector(".leaflet-control-zoom-" + part);
        button.title = G.T("map.zoom_" + part);
        button.setAttribute("aria-label", button.title);
      }
      scale._update();
    };
    map.zoomControl_ = map.getContainer().querySelector(".leaflet-control-zoom");
    speak();
    G.watch((state, old) => { if (state.language !== old.language) speak(); });
  };

  G.addReading = function (map) {
    /* On a phone the text can have the whole screen. */
    G.byId("reading").addEventListener("click", function () {
      const on = document.body.classList.toggle("reading");
      G.byId("reading").setAttribute("aria-pressed", String(on));
    });
    new ResizeObserver(() => map.invalidateSize({animate: false})).observe(map.getContainer());
  };
})();
