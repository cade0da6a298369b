/* Choice: puts the page of proposed sites together once the map exists. */
"use strict";
(function () {
  G.start = function (map) {
    G.map = map;
    const [west, south, east, north] = G.data.focus;
    G.addFrame(map);
    map.fitBounds([[south, west], [north, east]], G.padding());
    G.addGround(map);
    G.addChoiceLegend();
    G.addCells(map);
    G.addProposals(map);
    /* A site under the legend would not be seen: the map then stands beside it. */
    if (G.siteUnderLegend()) map.fitBounds([[south, west], [north, east]], G.padding(true));
    G.addPrint(map);
    G.addReading(map);
    G.watch(function (state, old) {
      if (state.plan === old.plan) return;
      for (const node of document.querySelectorAll("[data-plan]")) node.hidden = Number(node.dataset.plan) !== state.plan;
    });
    for (const input of document.querySelectorAll("input[name=plan]")) {
      input.addEventListener("change", () => { map.closePopup(); G.set({plan: Number(input.value)}); });
    }
    for (const button of document.querySelectorAll("[data-site]")) {
      button.addEventListener("click", () => G.goToSite(Number(button.dataset.site)));
    }
    document.body.classList.add("ready");
    performance.mark("ready");
  };
})();
