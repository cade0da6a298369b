/* Area: one district chosen on the map, in the table or by search; the map goes there and the panel tells of it alone. */
"use strict";
(function () {
  const D = G.data;
  const at = Object.fromEntries(D.districts.map((d, k) => [d.slug, k]));

  G.areaIndex = () => (G.state.area ? at[G.state.area] : -1);
  G.areaName = () => (G.state.area ? G.districtName(G.state.area) : G.T("area.city"));

  /* Even-odd, as the rings are filled. */
  const inside = function (rings, lon, lat) {
    let odd = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [ax, ay] = ring[i];
        const [bx, by] = ring[j];
        if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) odd = !odd;
      }
    }
    return odd;
  };
  G.districtAt = (latlng) => D.districts.find((d) => inside(d.rings, latlng.lng, latlng.lat));

  G.focusCity = function () {
    const [west, south, east, north] = D.focus;
    G.map.fitBounds([[south, west], [north, east]], Object.assign(G.padding(), G.motion));
  };

  G.chooseArea = function (slug) {
    G.map.closePopup();
    G.set({area: slug, build: null, phase: G.state.build ? "after" : G.state.phase});
    if (!slug) return G.focusCity();
    const bounds = G.boundsOfArea(at[slug]);
    if (bounds.isValid()) G.map.fitBounds(bounds, Object.assign(G.padding(true), G.motion));
  };

  const draw = function () {
    const row = G.byId("area");
    row.hidden = !G.state.area;
    G.byId("area-name").textContent = G.areaName();
    G.byId("area-clear").textContent = G.T("area.clear");
  };

  G.addArea = function (map) {
    G.byId("area-clear").addEventListener("click", () => { G.chooseArea(null); G.byId("search").focus(); });
    map.on("click", function (event) {
      /* A click that closes a popup chooses nothing, nor does one while a single build is looked at. */
      if (G.state.build || G.justClosed) return;
      const district = G.districtAt(event.latlng);
      if (district && district.slug !== G.state.area) G.chooseArea(district.slug);
      else if (!district && G.state.area) G.chooseArea(null);
    });
    map.on("preclick", () => { G.justClosed = Boolean(map._popup && map._popup.isOpen()); });
    G.watch(draw);
    draw();
  };
})();
