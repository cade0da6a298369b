/* Controls: before, after, difference or both side by side; what "before" is; which sites count. Native radio buttons, so keys work. */
"use strict";
(function () {
  const D = G.data;
  const PHASES = ["before", "after", "change", "swipe"];

  const pick = {
    phase: (value) => G.set(value === "swipe" ? {phase: value, build: null} : {phase: value}),
    base: (value) => G.set({base: value, build: null}),
    view: (value) => G.setView(value),
  };

  const group = function (name, choices) {
    G.fill(name, choices.map(({value, text, hint}) => G.el("label", {class: "choice", title: hint || null}, [
      G.el("input", {type: "radio", name, value, id: name + "-" + value, onchange: () => pick[name](value)}),
      G.el("span", {text}),
    ])));
  };

  const build = function () {
    group("phase", PHASES.map((value) => ({value, text: G.T("phase." + value)})));
    group("base", ["start", "previous"].map((value) => ({value, text: G.T("base." + value)})));
    group("view", D.views.map((v) => ({value: v.key, text: G.T("view." + v.text), hint: G.T("view_hint." + v.text)})));
  };

  /* What the map shows, in one line. */
  const told = function () {
    const s = G.state;
    if (s.build) return G.T("now.build", {build: G.buildTitle(G.build(s.build))});
    const from = D.moments[G.momentBefore()].label;
    if (s.phase === "before") return G.T("now.before", {year: from});
    if (s.phase === "swipe") return G.T("now.swipe", {left: D.moments[s.left].label, right: G.stepText()});
    if (s.phase === "change") return G.T("now.change", {from, to: G.stepText()});
    return G.T("now.after", {step: G.stepText()});
  };

  /* The build just passed: what it is, and what it alone brings. */
  const passed = function () {
    const step = G.step();
    const box = G.byId("passed");
    box.hidden = step.kind !== "build" || Boolean(G.state.build);
    if (box.hidden) return;
    const b = G.build(step.build);
    G.fill("passed", [
      G.el("button", {type: "button", class: "passed-name", onclick: () => G.chooseBuild(b.id)}, [
        G.sign(b.site === "none" ? "existing" : b.site), G.el("span", {text: G.buildTitle(b)}),
      ]),
      G.el("span", {class: "passed-place", text: G.buildPlace(b), dir: b.place ? "auto" : null}),
      G.el("span", {class: "passed-gain", text: G.gainText(b)}),
    ]);
  };

  const mark = function () {
    const s = G.state;
    for (const name of Object.keys(pick)) {
      for (const input of document.querySelectorAll("input[name=" + name + "]")) input.checked = input.value === String(s[name]);
    }
    document.body.classList.toggle("one-build", Boolean(s.build));
    G.byId("now").textContent = told();
    passed();
  };

  G.addControls = function () {
    build();
    G.byId("view-row").hidden = D.views.length < 2;
    G.watch(function (state, old) {
      if (state.language !== old.language) build();
      mark();
    });
    mark();
  };
})();
