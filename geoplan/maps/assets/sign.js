/* Signs: the drawings that stand on the map, in the legend and in the lists. */
"use strict";
(function () {
  /* A sign's drawing; 24 units wide. The same ones stand in the legend. */
  G.sign = function (kind) {
    const shapes = {
      existing: [["circle", {cx: 12, cy: 12, r: 5, class: "sign-existing"}]],
      stated: [["path", {d: "M12 2 22 12 12 22 2 12Z", class: "sign-solid"}]],
      register: [
        ["path", {d: "M12 2 22 12 12 22 2 12Z", class: "sign-solid"}],
        ["path", {d: "M7.8 12.2 10.8 15.2 16.2 9.4", class: "sign-tick"}],
      ],
      proposed: [["circle", {cx: 12, cy: 12, r: 8.5, class: "sign-hollow"}]],
      closed: [
        ["circle", {cx: 12, cy: 12, r: 5, class: "sign-gone"}],
        ["path", {d: "M5 5 19 19 M19 5 5 19", class: "sign-cross"}],
      ],
    };
    return G.el("svg", {viewBox: "0 0 24 24", class: "sign sign-" + kind, "aria-hidden": "true", focusable: "false"},
      shapes[kind].map(([tag, options]) => G.el(tag, options)));
  };
})();
