/* Core: the page's data, what is shown now, and small helpers. Text is only ever set as text. */
"use strict";
const G = {};

(function () {
  G.data = JSON.parse(document.getElementById("geoplan-data").textContent);

  /* el("p", {class: "x", text: "…", onclick: f}, [children]) */
  G.el = function (tag, options, children) {
    const svg = G.el.svgTags.has(tag);
    const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(options || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") node.textContent = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "style") for (const [rule, v] of Object.entries(value)) node.style.setProperty(rule, v);
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children || []) if (child) node.appendChild(child);
    return node;
  };
  G.el.svgTags = new Set(["svg", "g", "path", "circle", "rect", "line", "text", "pattern", "defs"]);

  /* The map above and the panel below: the same question as in panel.css. */
  G.stacked = () => window.matchMedia("(max-width: 760px), (max-width: 1000px) and (orientation: portrait)").matches;

  G.byId = (id) => document.getElementById(id);
  G.fill = function (id, children) {
    const node = G.byId(id);
    node.replaceChildren(...children.filter(Boolean));
    return node;
  };

  /* State: what the reader has chosen. Every change goes through set(), which redraws. */
  const watchers = G.watchers = [];
  G.state = {};
  G.watch = (f) => watchers.push(f);
  G.set = function (change) {
    const old = Object.assign({}, G.state);
    Object.assign(G.state, change);
    for (const f of watchers) f(G.state, old);
  };
})();
