/* Controls: before/after, the year, what "before" is, which sites count. Native radio buttons, so keys work. */
"use strict";
(function () {
  const D = G.data;

  const group = function (id, name, choices) {
    G.fill(id, choices.map(({value, text, hint}) => G.el("label", {class: "choice", title: hint || null}, [
      G.el("input", {
        type: "radio", name, value, id: name + "-" + value,
        onchange: () => pick[name](value),
      }),
      G.el("span", {text}),
    ])));
  };

  const pick = {
    phase: (value) => G.set({phase: value}),
    moment: (value) => G.set({moment: Number(value), build: null, phase: G.state.build ? "after" : G.state.phase}),
    base: (value) => G.set({base: value, build: null}),
    view: (value) => G.set({view: value, build: null}),
  };

  const mark = function () {
    const s = G.state;
    for (const name of ["phase", "moment", "base", "view"]) {
      for (const input of document.querySelectorAll("input[name=" + name + "]")) input.checked = input.value === String(s[name]);
    }
    document.body.classList.toggle("one-build", Boolean(s.build));
    const single = s.build ? G.build(s.build) : null;
    const year = D.moments[s.moment].label;
    const from = s.base === "start" ? D.moments[0].label : D.moments[s.moment - 1].label;
    const where = single
      ? G.T("now.build", {build: G.buildTitle(single)})
      : {before: G.T("now.before", {year: from}), after: G.T("now.after", {year}), change: G.T("now.change", {from, year})}[s.phase];
    G.byId("now").textContent = where;
  };

  G.addControls = function () {
    const build = function () {
    group("phase", "phase", ["before", "after", "change"].map((value) => ({value, text: G.T("phase." + value)})));
    group("moment", "moment", D.moments.slice(1).map((m, i) => ({value: i + 1, text: m.label})));
    group("base", "base", ["start", "previous"].map((value) => ({value, text: G.T("base." + value)})));
    group("view", "view", D.views.map((v) => ({value: v.key, text: G.T("view." + v.text), hint: G.T("view_hint." + v.text)})));
    };
    build();
    G.watch((state, old) => { if (state.language !== old.language) build(); });
    G.byId("view-row").hidden = D.views.length < 2;
    G.watch(mark);
    mark();
  };
})();
