/* App: puts the parts together once the map exists. */
"use strict";
(function () {
  const D = G.data;
  const view = D.views[0].key;
  Object.assign(G.state, {phase: "after", base: "start", view, build: null, area: null, left: 0});
  G.state.step = G.stepsOf(view).length - 1;
  G.state.moment = D.moments.length - 1;

  G.start = function (map) {
    G.map = map;
    /* A city without a plan of builds: one moment, nothing to compare. */
    document.body.classList.toggle("unplanned", D.moments.length < 2);
    G.addFrame(map);
    G.addSlider();
    G.addControls();
    const [west, south, east, north] = D.focus;
    map.fitBounds([[south, west], [north, east]], G.padding());
    G.addGround(map);
    if (D.tiles) G.addTiles(map);
    G.addCells(map);
    G.addSites(map);
    G.addSwipe(map);
    G.addArea(map);
    G.addSearch();
    G.addLegend();
    G.addPanel();
    G.addBuilds();
    G.addGaps(map);
    G.addFacilities();
    G.addPrint(map);
    G.addReading(map);
    document.body.classList.add("ready");
    performance.mark("ready");
  };
})();
