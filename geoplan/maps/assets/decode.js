/* Decode: base64 text to typed arrays, classes two to a byte, and places to map units. */
"use strict";
(function () {
  G.UNREACHABLE = 255;

  const bytes = function (text) {
    const raw = atob(text);
    const out = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out;
  };
  G.u8 = bytes;
  G.u16 = function (text) {
    const b = bytes(text);
    const out = new Uint16Array(b.length / 2);
    for (let i = 0; i < out.length; i++) out[i] = b[2 * i] | (b[2 * i + 1] << 8);
    return out;
  };
  G.u32 = function (text) {
    const b = bytes(text);
    const out = new Uint32Array(b.length / 4);
    for (let i = 0; i < out.length; i++) {
      out[i] = (b[4 * i] | (b[4 * i + 1] << 8) | (b[4 * i + 2] << 16) | (b[4 * i + 3] << 24)) >>> 0;
    }
    return out;
  };

  G.nibbles = function (text, count) {
    const b = bytes(text);
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const v = i % 2 ? b[i >> 1] >> 4 : b[i >> 1] & 15;
      out[i] = v === 15 ? G.UNREACHABLE : v;
    }
    return out;
  };

  /* Quantised lon/lat to the map's plane at zoom 0 (256 units a world, Web Mercator). */
  G.plane = function (lon16, lat16, box) {
    const [west, south, east, north] = box;
    const x = new Float64Array(lon16.length);
    const y = new Float64Array(lat16.length);
    for (let i = 0; i < x.length; i++) {
      x[i] = G.planeX(west + (lon16[i] / 65535) * (east - west));
      y[i] = G.planeY(south + (lat16[i] / 65535) * (north - south));
    }
    return {x, y};
  };
  G.planeX = (lon) => (lon / 360 + 0.5) * 256;
  G.planeY = function (lat) {
    const sin = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 256;
  };
})();
