/* Index: the map of districts follows the chosen service and year. */
"use strict";
(function () {
  const chosen = (name) => document.querySelector("input[name=" + name + "]:checked").value;

  const draw = function () {
    const shares = G.data.services[chosen("service")][chosen("phase")];
    for (const slug in shares) {
      const [words, colour, ink] = shares[slug];
      document.querySelector('[data-district="' + slug + '"]').setAttribute("fill", colour);
      const label = document.querySelector('[data-label="' + slug + '"]');
      label.setAttribute("fill", ink);
      label.querySelector(".map-share").textContent = G.word(words);
    }
    for (const cell of document.querySelectorAll("#matrix td")) cell.classList.toggle("chosen", cell.dataset.service === chosen("service"));
  };

  for (const input of document.querySelectorAll("input[type=radio]")) input.addEventListener("change", draw);
  G.watch(draw);
  draw();
  document.body.classList.add("ready");
})();
