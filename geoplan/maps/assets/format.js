/* Format: numbers as the page's language writes them (the same rules as geoplan/maps/_texts.py). */
"use strict";
(function () {
  const missing = (v) => v === null || v === undefined || Number.isNaN(v);

  G.number = function (value, digits) {
    if (missing(value)) return G.T("number.unknown");
    const fixed = Math.abs(value).toFixed(digits || 0);
    const [whole, part] = fixed.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, G.T("number.group"));
    const sign = value < 0 && Number(fixed) !== 0 ? "\u2212" : "";
    return sign + grouped + (part ? G.T("number.decimal") + part : "");
  };

  G.percent = (share, digits) =>
    missing(share) ? G.T("number.unknown")
      : G.T("number.percent", {value: G.number(share * 100, digits === undefined ? 1 : digits)});

  const signed = (value, text) => (value > 0 ? "+" : "") + text;

  G.difference = function (difference) {
    if (missing(difference)) return G.T("number.unknown");
    const rounded = Number((difference * 100).toFixed(1));
    return signed(rounded, G.number(rounded, 1));
  };
  G.points = (difference) => (missing(difference) ? G.difference(difference) : G.T("number.points", {value: G.difference(difference)}));

  /* People, no finer than they are known. */
  G.count = function (value) {
    if (missing(value)) return G.T("number.unknown");
    const size = Math.abs(value);
    if (size >= 999500) return G.T("number.millions", {value: G.number(value / 1e6, 2)});
    if (size >= 9995) return G.T("number.thousands", {value: G.number(value / 1e3, size >= 99500 ? 0 : 1)});
    return G.number(Math.sign(value) * Math.round(size / 10) * 10);
  };
  G.people = (value) => (missing(value) ? G.count(value) : G.T("number.persons", {value: G.count(value)}));
  G.countSigned = (value) => (missing(value) ? G.count(value) : signed(Math.round(value / 10), G.count(value)));
  G.peopleSigned = (value) => (missing(value) ? G.people(value) : signed(Math.round(value / 10), G.people(value)));

  /* 52,1–53,4 % */
  G.range = function (low, high) {
    if (missing(low) || missing(high)) return null;
    return G.T("number.percent", {value: G.T("number.range", {low: G.number(low * 100, 1), high: G.number(high * 100, 1)})});
  };

  G.bound = (value) => G.T("unit." + G.data.unit, {value: G.number(value)});
})();
