/* Search: districts, microdistricts, facilities and builds by name; a combobox that keys can work. */
"use strict";
(function () {
  const D = G.data;
  const MOST = 8;
  let found = [];
  let active = -1;

  /* Kazakh letters and yo count as their Russian likenesses: readers type either. */
  const like = {};
  const fold = (text) => Array.from(text.toLowerCase(), (c) => like[c] || c).join("").replace(/[«»"“”№.,]/g, " ").replace(/\s+/g, " ").trim();

  const near = (lat, lon, zoom) => G.map.setView([lat, lon], Math.max(zoom, G.map.getZoom()), G.motion);
  const places = function () {
    const out = [];
    for (const d of D.districts) {
      out.push({kind: "district", text: G.word(d.name), keys: Object.values(d.name).concat(d.slug), go: () => G.chooseArea(d.slug)});
    }
    for (const l of D.labels) {
      if (l.kind === "microdistrict") out.push({kind: "microdistrict", text: l.text, keys: [l.text], own: true, go: () => near(l.lat, l.lon, 14.5)});
    }
    for (const b of D.builds) {
      if (b.lon !== null && b.place) out.push({kind: "build", text: G.buildTitle(b), more: b.place, keys: [b.place, G.buildTitle(b)], own: true, go: () => G.chooseBuild(b.id)});
    }
    for (const f of D.facilities) {
      if (f.lon !== null) out.push({kind: "facility", text: f.name, more: f.address, keys: [f.name + " " + f.address], own: true, go: () => { near(f.lat, f.lon, 15.5); G.popupAt(f); }});
    }
    for (const one of out) one.folded = one.keys.map(fold);
    return out;
  };
  let all = null;

  const look = function (text) {
    const words = fold(text);
    if (!words) return [];
    all = all || places();
    const start = all.filter((p) => p.folded.some((k) => k.startsWith(words)));
    const within = all.filter((p) => !start.includes(p) && p.folded.some((k) => k.includes(words)));
    return start.concat(within).slice(0, MOST);
  };

  const close = function () {
    found = [];
    active = -1;
    draw();
  };

  const pick = function (k) {
    const one = found[k];
    if (!one) return;
    G.byId("search").value = one.text.slice(0, 80);
    close();
    one.go();
  };

  const draw = function () {
    const box = G.byId("search");
    const list = G.fill("found", found.map((one, k) => G.el("li", {
      id: "found-" + k, role: "option", "aria-selected": String(k === active), class: k === active ? "active" : null,
      onmousedown: (event) => { event.preventDefault(); pick(k); },
    }, [
      G.el("span", {class: "found-text", text: one.text, dir: one.own ? "auto" : null}),
      G.el("small", {}, [G.el("span", {text: G.T("search." + one.kind)}), one.more ? G.el("span", {class: "found-more", text: one.more, dir: "auto"}) : null]),
    ])));
    const typed = Boolean(box.value.trim()) && document.activeElement === box;
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (active >= 0) box.setAttribute("aria-activedescendant", "found-" + active);
    else box.removeAttribute("aria-activedescendant");
    G.byId("found-none").textContent = typed && !found.length && active === -1 && box.dataset.tried === box.value ? G.T("search.none")
      : found.length ? G.N("search.found", found.length) : "";
    G.byId("found-none").classList.toggle("sr", found.length > 0);
  };

  G.addSearch = function () {
    const box = G.byId("search");
    const speak = function () {
      all = null;
      for (const pair of G.T("search.alike").split(" ")) like[pair[0]] = pair[1];
      box.placeholder = G.T("search.hint");
      box.setAttribute("aria-label", G.T("search.label"));
      G.byId("found").setAttribute("aria-label", G.T("search.label"));
    };
    box.addEventListener("input", function () {
      found = look(box.value);
      active = found.length ? 0 : -1;
      box.dataset.tried = box.value;
      draw();
    });
    box.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!found.length) return;
        event.preventDefault();
        active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
        draw();
      } else if (event.key === "Enter") {
        event.preventDefault();
        pick(active);
      } else if (event.key === "Escape" && (found.length || box.value)) {
        event.stopPropagation();
        box.value = "";
        close();
      }
    });
    box.addEventListener("blur", close);
    G.watch((state, old) => { if (state.language !== old.language) speak(); });
    speak();
  };
})();
