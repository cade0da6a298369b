/* Slider: walks the steps by hand, by key or by itself. Years are equally wide, builds lie between them. */
"use strict";
(function () {
  const D = G.data;
  let timer = null;

  const range = () => G.byId("slider");

  const nearest = function (value) {
    let best = 0;
    G.steps().forEach((s, k) => { if (Math.abs(s.at - value) < Math.abs(G.steps()[best].at - value)) best = k; });
    return best;
  };

  /* A step in words: for the line under the slider and for screen readers. */
  G.stepText = function () {
    const step = G.step();
    if (step.kind === "start") return G.T("step.start", {year: step.year});
    if (step.kind === "year") return G.T("step.year", {year: step.year});
    return G.T("step.build", {year: step.year, nth: G.number(step.nth), of: G.number(step.of)});
  };

  const stop = function () {
    if (timer) window.clearInterval(timer);
    timer = null;
    mark();
  };

  const play = function () {
    if (timer) return stop();
    if (G.state.step >= G.steps().length - 1) G.goTo(0);
    /* The whole story takes about a minute and a half, however many builds there are. */
    const pause = Math.min(1200, Math.max(450, 90000 / G.steps().length));
    timer = window.setInterval(function () {
      G.goTo(G.state.step + 1);
      if (G.state.step >= G.steps().length - 1) stop();
    }, pause);
    mark();
  };

  const KEYS = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1};
  const key = function (event) {
    const steps = G.steps();
    let to = null;
    if (event.key in KEYS) to = G.state.step + KEYS[event.key];
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = steps.length - 1;
    else if (event.key === "PageUp" || event.key === "PageDown") {
      const years = steps.map((s, k) => (s.kind === "build" ? -1 : k)).filter((k) => k >= 0);
      to = event.key === "PageUp" ? years.find((k) => k > G.state.step) : years.reverse().find((k) => k < G.state.step);
    } else if (event.key === " ") {
      event.preventDefault();
      play();
      return;
    }
    if (to === null || to === undefined) return;
    event.preventDefault();
    stop();
    G.goTo(to);
  };

  const PLAY = "M8 5v14l11-7z";
  const PAUSE = "M7 5h4v14H7zM14 5h4v14h-4z";

  const mark = function () {
    const step = G.step();
    range().value = step.at;
    range().setAttribute("aria-valuetext", G.stepText());
    range().setAttribute("aria-label", G.T("slider.label"));
    range().style.setProperty("--done", (100 * step.at) / D.years.length + "%");
    G.byId("play").setAttribute("aria-label", G.T(timer ? "slider.pause" : "slider.play"));
    G.byId("play").firstElementChild.firstElementChild.setAttribute("d", timer ? PAUSE : PLAY);
    G.byId("step-back").setAttribute("aria-label", G.T("slider.back"));
    G.byId("step-on").setAttribute("aria-label", G.T("slider.on"));
    G.byId("step-back").disabled = G.state.step === 0;
    G.byId("step-on").disabled = G.state.step === G.steps().length - 1;
    for (const tick of document.querySelectorAll("#ticks button")) {
      const here = Number(tick.dataset.year) === step.year && step.kind !== "build";
      tick.setAttribute("aria-pressed", String(here && !G.state.build));
    }
  };

  const ticks = () => G.fill("ticks", [D.moments[0].year, ...D.years].map((year, k) => G.el("button", {
    type: "button", "data-year": year, class: "tick", style: {left: (100 * k) / D.years.length + "%"}, text: String(year),
    onclick: () => { stop(); G.goTo(G.stepOfYear(year)); },
  })));

  G.addSlider = function () {
    if (!D.years.length) return;
    const slider = range();
    slider.max = D.years.length;
    slider.step = "any";
    slider.addEventListener("input", function () {
      if (timer) stop();
      G.goTo(nearest(Number(slider.value)));
    });
    slider.addEventListener("keydown", key);
    G.byId("play").addEventListener("click", play);
    G.byId("step-back").addEventListener("click", () => { stop(); G.goTo(G.state.step - 1); });
    G.byId("step-on").addEventListener("click", () => { stop(); G.goTo(G.state.step + 1); });
    ticks();
    G.watch(function (state) {
      if (state.build && timer) stop();
      mark();
    });
    mark();
  };
})();
