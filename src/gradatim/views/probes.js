/**
 * What linear probes read of each layer: one panel per concept, scores with intervals from layer to
 * layer, and the control of random labels below them.
 *
 * Conventions: `model` has `layers`, their names, and `panels`, each {title, metric, points}; a point
 * is {layer, score, interval, control, untrained}. Left and right arrow keys walk through the layers.
 */

import { extent, formatNumber, formatScore, linearScale, ticks } from "./_scales.js";
import { drawToWidth, html, svg } from "./_dom.js";

/**
 * @typedef {object} ProbePoint
 * @property {string} layer
 * @property {number} score
 * @property {[number, number]} interval
 * @property {number} control
 * @property {number | null} [untrained]
 */

/**
 * @typedef {object} ProbePanel
 * @property {string} title
 * @property {string} metric
 * @property {ProbePoint[]} points
 */

/**
 * Return the range of a panel: what is below −0.5 says no more than that it is bad.
 *
 * @param {ProbePoint[]} points
 * @returns {[number, number]}
 */
export function scoreRange(points) {
  const [low, high] = extent(points.flatMap((point) => [...point.interval, point.control, point.untrained]));
  return [Math.max(Math.min(low, 0), -0.5), Math.min(Math.max(high, 0.2), 1)];
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {ProbePanel[]} */
  const panels = model.get("panels");
  const frame = html("div", { class: "frame panels" });
  const before = panels.some((panel) => panel.points.some(isTried));
  const legend = html(
    "ul",
    { class: "legend" },
    html("li", {}, html("span", { class: "key key-line" }), "on held-out samples, with 95 % intervals"),
    html("li", {}, html("span", { class: "key key-line other" }), "control: random labels"),
    ...(before ? [html("li", {}, html("span", { class: "key key-dash" }), "untrained network")] : []),
  );
  el.classList.add("gradatim-view", "probes");
  el.replaceChildren(legend, frame);
  return drawToWidth(frame, (width) => {
    const columns = width < 560 ? 1 : 2;
    const each = (width - 24 * (columns - 1)) / columns;
    frame.replaceChildren(...panels.map((panel) => draw(panel, each)));
  });
}

/**
 * @param {ProbePanel} panel
 * @param {number} width
 * @returns {HTMLElement}
 */
function draw(panel, width) {
  const points = panel.points;
  const slanted = points.length * 62 > width - 52;
  const [left, right, top, bottom] = [44, width - 14, 10, 186];
  const height = slanted ? 250 : 214;
  const domain = scoreRange(points);
  const y = linearScale(domain, [bottom, top]);
  const x = linearScale([0, Math.max(1, points.length - 1)], [left + 18, right - 10]);
  const inside = (/** @type {number} */ value) => y(Math.min(Math.max(value, domain[0]), domain[1]));
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width: "100%",
    role: "img",
    tabindex: 0,
    "aria-label": `${panel.title}, ${panel.metric}: ${points.map(said).join("; ")}`,
  });
  for (const tick of ticks(...domain, 4)) {
    root.append(
      svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "muted", x: left - 7, y: y(tick) + 4, "text-anchor": "end" }, formatNumber(tick)),
    );
  }
  points.forEach((point, i) => {
    const at = { x: x(i), y: bottom + 18 };
    const place = slanted
      ? { transform: `translate(${at.x + 4} ${at.y - 4}) rotate(-40)`, "text-anchor": "end" }
      : { ...at, "text-anchor": "middle" };
    root.append(svg("text", { class: "muted", ...place }, point.layer));
  });
  const path = (/** @type {(point: ProbePoint) => number} */ value) =>
    points.map((point, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${inside(value(point)).toFixed(1)}`).join("");
  if (points.every(isTried)) {
    root.append(svg("path", { class: "reference", d: path((point) => point.untrained ?? 0) }));
  }
  root.append(
    svg("path", { class: "control", d: path((point) => point.control) }),
    svg("path", { class: "line", d: path((point) => point.score) }),
  );
  points.forEach((point, i) => {
    const [low, high] = point.interval;
    root.append(
      svg("line", { class: "interval", x1: x(i), x2: x(i), y1: inside(low), y2: inside(high) }),
      svg("circle", { class: "dot", cx: x(i), cy: inside(point.score), r: 4.5 }),
    );
  });
  const readout = html("figcaption", { "aria-live": "polite" }, panel.metric);
  const cursor = svg("line", { class: "cursor", y1: top, y2: bottom, visibility: "hidden" });
  root.append(cursor);
  let at = -1;
  /** @param {number} i */
  function show(i) {
    at = Math.min(Math.max(i, 0), points.length - 1);
    cursor.setAttribute("visibility", "visible");
    cursor.setAttribute("x1", String(x(at)));
    cursor.setAttribute("x2", String(x(at)));
    readout.textContent = said(points[at]);
  }
  root.addEventListener("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * width;
    show(Math.round(((place - x(0)) / (x(1) - x(0))) * 1));
  });
  root.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    readout.textContent = panel.metric;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    show(at + (event.key === "ArrowRight" ? 1 : -1));
  });
  return html("figure", {}, html("h4", {}, panel.title), root, readout);
}

/**
 * @param {ProbePoint} point
 * @returns {string}
 */
function said(point) {
  const [low, high] = point.interval;
  const score = `${formatScore(point.score)} (${formatScore(low)} to ${formatScore(high)})`;
  const before = isTried(point) ? `, untrained ${formatScore(point.untrained)}` : "";
  return `${point.layer}: ${score}, control ${formatScore(point.control)}${before}`;
}

/** @param {ProbePoint} point */
function isTried(point) {
  return typeof point.untrained === "number";
}

export default { render };
