/* Canvas: a map layer that calls one paint function with a ready context. Pans and zooms as Leaflet's own renderers. */
"use strict";
(function () {
  G.CanvasLayer = L.Renderer.extend({
    initialize: function (paint, options) {
      this._paint = paint;
      L.Renderer.prototype.initialize.call(this, Object.assign({padding: 0.12}, options));
    },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      if (this.options.id) this._container.id = this.options.id;
      this._ctx = this._container.getContext("2d");
    },
    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      delete this._container;
      delete this._ctx;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const ratio = document.body.classList.contains("printing") ? 2 : Math.min(window.devicePixelRatio || 1, 2);
      const canvas = this._container;
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      this._ratio = ratio;
      this.redraw();
    },
    redraw: function () {
      if (!this._map || !this._bounds) return;
      const {min, max} = this._bounds;
      const ctx = this._ctx;
      const ratio = this._ratio;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.clearRect(0, 0, this._container.width, this._container.height);
      ctx.setTransform(ratio, 0, 0, ratio, -min.x * ratio, -min.y * ratio);
      const zoom = this._map.getZoom();
      const origin = this._map.getPixelOrigin();
      const scale = Math.pow(2, zoom);
      /* px = plane * scale - origin, in the layer's own pixels; min and max bound what can be seen */
      this._paint(ctx, {zoom, scale, ox: origin.x, oy: origin.y, min, max, ratio});
    },
  });

  G.pane = function (map, name, level, seen) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    if (!seen) pane.style.pointerEvents = "none";
    return name;
  };
})();
