/**
 * Predicted against true values: a square panel a target, with the line of perfect prediction.
 *
 * Conventions: `model` has `panels`, each {title, true, predicted}, and `ids`, names of the samples
 * in the same order. Both axes of a panel have one scale. Arrow keys walk from the largest error to
 * the smallest.
 */

import { extent, formatNumber, linearScale, ticks } from "./_scales.js";
import { drawToWidth, html, svg } from "./_dom.js";

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {number[]} true
 * @property {number[]} predicted
 */

/**
 * Return the samples from the largest error to the smallest.
 *
 * @param {Panel} panel
 * @returns {number[]}
 */
export function byError(panel) {
  const error = panel.true.map((value, i) => Math.abs(value - panel.predicted[i]));
  return error.map((_, i) => i).sort((a, b) => error[b] - error[a] || a - b);
}

/**
 * Return the sample nearest to a place.
 *
 * @param {[number, number][]} places
 * @param {[number, number]} at
 * @returns {number} -1 if there are none
 */
export function nearest(places, [x, y]) {
  let found = -1;
  let least = Infinity;
  places.forEach(([px, py], i) => {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [found, least] = [i, distance];
  });
  return found;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {Panel[]} */
  const panels = model.get("panels");
  const frame = html("div", { class: "frame panels" });
  el.classList.add("gradatim-view", "scatter");
  el.replaceChildren(frame);
  return drawToWidth(frame, (width) => {
    const columns = Math.min(2, width < 560 ? 1 : 2);
    const each = Math.min((width - 24 * (columns - 1)) / columns, 440);
    frame.replaceChildren(...panels.map((panel) => draw(panel, model.get("ids"), each)));
  });
}

/**
 * @param {Panel} panel
 * @param {string[]} ids
 * @param {number} size
 * @returns {HTMLElement}
 */
function draw(panel, ids, size) {
  const [left, right, top, bottom] = [52, size - 8, 8, size - 44];
  const [low, high] = extent([...panel.true, ...panel.predicted]);
  const pad = 0.04 * (high - low || 1);
  /** @type {[number, number]} */
  const domain = [low - pad, high + pad];
  const x = linearScale(domain, [left, right]);
  const y = linearScale(domain, [bottom, top]);
  const summary = `${panel.title}: predicted against true, ${panel.true.length} samples`;
  const root = svg("svg", {
    viewBox: `0 0 ${size} ${size}`,
    width: "100%",
    role: "img",
    tabindex: 0,
    "aria-label": `${summary}. Arrow keys walk through them, largest error first.`,
  });
  for (const tick of ticks(...domain, 5)) {
    const text = formatNumber(tick);
    root.append(
      svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: bottom }),
      svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "muted", x: x(tick), y: bottom + 16, "text-anchor": "middle" }, text),
      svg("text", { class: "muted", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, text),
    );
  }
  const middle = (left + right) / 2;
  root.append(
    svg("line", { class: "reference", x1: left, y1: bottom, x2: right, y2: top }),
    svg("text", { class: "muted", x: middle, y: size - 10, "text-anchor": "middle" }, "true"),
    svg(
      "text",
      { class: "muted", transform: `translate(12 ${middle}) rotate(-90)`, "text-anchor": "middle" },
      "predicted",
    ),
  );
  /** @type {[number, number][]} */
  const places = panel.true.map((value, i) => [x(value), y(panel.predicted[i])]);
  for (const [px, py] of places) {
    root.append(svg("circle", { class: "point", cx: px.toFixed(1), cy: py.toFixed(1), r: 2.6 }));
  }
  const mark = svg("circle", { class: "mark", r: 6, visibility: "hidden" });
  root.append(mark);
  const readout = html("figcaption", { "aria-live": "polite" }, `${panel.true.length} samples`);
  const order = byError(panel);
  let rank = -1;

  /** @param {number} i */
  function show(i) {
    if (i < 0) return;
    mark.setAttribute("visibility", "visible");
    mark.setAttribute("cx", String(places[i][0]));
    mark.setAttribute("cy", String(places[i][1]));
    const values = `true ${formatNumber(panel.true[i])}, predicted ${formatNumber(panel.predicted[i])}`;
    readout.textContent = `${ids[i]}: ${values}`;
  }
  root.addEventListener("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const scale = size / box.width;
    show(nearest(places, [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]));
  });
  root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    rank = Math.min(Math.max(rank + step, 0), order.length - 1);
    show(order[rank] ?? -1);
  });
  return html("figure", {}, html("h4", {}, panel.title), root, readout);
}

export default { render };
