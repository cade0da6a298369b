/* Language: every text of the page in the language chosen, without a reload. The choice is kept in the address (#lang=…),
   goes along with links to the other pages, and in the browser's storage where it lets a page from a file have one. */
"use strict";
(function () {
  const strings = G.data.texts;
  const known = Object.keys(strings);
  const PLACE = /\{(\w+)\}/g;
  const ATTRIBUTES = ["aria-label", "title", "placeholder"];

  const fill = (text, values) => text.replace(PLACE, (all, name) => (values && name in values ? values[name] : all));

  const raw = function (key) {
    const text = strings[G.state.language][key];
    if (text === undefined) throw new Error("missing: " + key);
    return text;
  };
  G.T = (key, values) => fill(raw(key), values);

  /* A counted noun: forms parted by | in the order that plural.forms names; {n} is the number. */
  G.N = function (key, n, values) {
    const forms = raw(key).split("|");
    const at = raw("plural.forms").split("|").indexOf(new Intl.PluralRules(G.state.language).select(n));
    return fill(at < 0 ? forms[forms.length - 1] : forms[at], Object.assign({n: G.number(n, Number.isInteger(n) ? 0 : 1)}, values));
  };

  /* A text that the data carries in every language: {ru: …, kk: …, en: …}. */
  G.word = (words) => words[G.state.language];

  G.compare = (a, b) => a.localeCompare(b, G.state.language, {numeric: true});

  /* What the template wrote: the first language as text, the others beside it. */
  const first = document.documentElement.lang;
  const written = [];
  for (const node of document.querySelectorAll("[data-t]")) {
    written.push([node, null, Object.assign({[first]: node.textContent}, JSON.parse(node.dataset.t))]);
  }
  for (const name of ATTRIBUTES) {
    for (const node of document.querySelectorAll("[data-t-" + name + "]")) {
      written.push([node, name, Object.assign({[first]: node.getAttribute(name)}, JSON.parse(node.getAttribute("data-t-" + name)))]);
    }
  }

  const fromAddress = () => new URLSearchParams(window.location.hash.slice(1)).get("lang");
  const STORE = "geoplan.language";
  const remembered = function () {
    try {
      return window.localStorage.getItem(STORE);
    } catch (error) {
      return null;
    }
  };
  const remember = function (language) {
    try {
      window.localStorage.setItem(STORE, language);
    } catch (error) {
      /* A page from a file may have no storage: the address keeps the choice. */
    }
    window.history.replaceState(null, "", "#lang=" + language);
  };

  const show = function (language) {
    document.documentElement.lang = language;
    document.title = G.data.title[language];
    for (const [node, name, words] of written) {
      if (name) node.setAttribute(name, words[language]);
      else node.textContent = words[language];
    }
    for (const link of document.querySelectorAll("a[data-page]")) link.hash = "lang=" + language;
    for (const option of document.querySelectorAll("#language option")) option.selected = option.value === language;
  };

  G.setLanguage = function (language) {
    if (!known.includes(language) || language === G.state.language) return;
    remember(language);
    show(language);
    G.set({language});
  };

  const start = [fromAddress(), remembered(), first].find((code) => known.includes(code));
  G.state.language = start;
  show(start);
  G.byId("language").addEventListener("change", (event) => G.setLanguage(event.target.value));
  window.addEventListener("hashchange", () => G.setLanguage(fromAddress()));
  document.addEventListener("click", function (event) {
    /* The link past the navigation moves the focus but leaves the address as it is. */
    const skip = event.target.closest("a.skip");
    if (!skip) return;
    event.preventDefault();
    document.querySelector(skip.getAttribute("href")).focus();
  });
})();
