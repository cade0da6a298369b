/* Tiles: map pictures from the internet under the cells, only where the page offers them and once a reader asks for them. */
"use strict";
G.addTiles = function (map) {
  const layer = L.tileLayer(G.data.tiles, {pane: G.pane(map, "tiles", 220), maxZoom: 19, opacity: 0.7});
  const box = G.el("input", {type: "checkbox", id: "tiles-choice"});
  const words = G.el("span", {text: G.T("map.tiles")});
  const Choice = L.Control.extend({
    onAdd: function () {
      const label = G.el("label", {class: "tiles-choice"}, [box, words]);
      L.DomEvent.disableClickPropagation(label);
      return label;
    },
  });
  box.addEventListener("change", () => (box.checked ? layer.addTo(map) : layer.remove()));
  new Choice({position: "bottomleft"}).addTo(map);
  G.watch((state, old) => { if (state.language !== old.language) words.textContent = G.T("map.tiles"); });
};
