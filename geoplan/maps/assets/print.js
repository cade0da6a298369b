/* Print: one A4 page - what is asked, the figures, the map as it stands, its colours, the districts, the sources. */
"use strict";
(function () {
  G.addPrint = function (map) {
    let back = null;
    let copies = [];
    /* A canvas is printed by its history of strokes, where an area once cleared covers what lies below: a copy has none. */
    const still = function (canvas) {
      const copy = canvas.cloneNode();
      copy.removeAttribute("id");
      copy.classList.add("still");
      copy.getContext("2d").drawImage(canvas, 0, 0);
      canvas.after(copy);
      return copy;
    };
    const prepare = function () {
      if (back) return;
      const legend = G.byId("legend");
      back = {center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds(), open: legend.open};
      legend.open = true;
      document.body.classList.add("printing");
      map.closePopup();
      map.invalidateSize({animate: false, pan: false});
      if (G.state.build) map.fitBounds(G.boundsOf(G.state.build), {animate: false, maxZoom: 15, padding: [20, 20]});
      else if (G.state.area) map.fitBounds(G.boundsOfArea(G.areaIndex()), {animate: false, padding: [10, 10]});
      else {
        const [west, south, east, north] = G.data.focus;
        map.fitBounds([[south, west], [north, east]], {animate: false, paddingTopLeft: [12, 12], paddingBottomRight: [12, 34]});
      }
      copies = Array.from(document.querySelectorAll(".leaflet-pane > canvas"), still);
    };
    const restore = function () {
      if (!back) return;
      document.body.classList.remove("printing");
      for (const copy of copies) copy.remove();
      G.byId("legend").open = back.open;
      map.invalidateSize({animate: false, pan: false});
      map.setView(back.center, back.zoom, {animate: false});
      back = null;
    };
    window.addEventListener("beforeprint", prepare);
    window.addEventListener("afterprint", restore);
    G.byId("print").addEventListener("click", () => window.print());
  };
})();
