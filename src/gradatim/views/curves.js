/**
 * Learning curves: one panel per rung, training and validation loss by epoch.
 *
 * Conventions: `model` has `panels`, each {title, curves: [{label, loss, validation_loss}]}; losses
 * begin at epoch 1. All panels share the vertical axis, logarithmic where losses span more than a
 * factor of twenty. Thin lines are single networks, a thick one their mean.
 */

import { extent, formatNumber, linearScale, logScale, logTicks, plural, ticks } from "./_scales.js";
import { drawToWidth, html, svg } from "./_dom.js";

/**
 * @typedef {object} Curve
 * @property {string} label
 * @property {(number | null)[]} loss
 * @property {(number | null)[] | null} [validation_loss]
 */

/**
 * Average curves epoch by epoch over those that lasted so long.
 *
 * @param {(number | null)[][]} curves
 * @returns {(number | null)[]}
 */
export function meanCurve(curves) {
  const length = Math.max(0, ...curves.map((curve) => curve.length));
  return Array.from({ length }, (_, epoch) => {
    const values = curves.map((curve) => curve[epoch]).filter((v) => typeof v === "number");
    return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
}

/**
 * Choose the vertical axis.
 *
 * @param {(number | null)[]} values
 * @returns {{ log: boolean, domain: [number, number], ticks: number[] }}
 */
export function lossAxis(values) {
  const [low, high] = extent(values);
  if (low > 0 && high / low > 20) {
    return { log: true, domain: [low, high], ticks: logTicks(low, high) };
  }
  const bottom = Math.min(0, low);
  const top = high + 0.05 * Math.max(high - bottom, 1e-9);
  return { log: false, domain: [bottom, top], ticks: ticks(bottom, top, 4) };
}

/**
 * Return the path of a curve; it breaks where a loss is missing.
 *
 * @param {(number | null)[]} curve
 * @param {(value: number) => number} x
 * @param {(value: number) => number} y
 * @returns {string}
 */
export function pathOf(curve, x, y) {
  let pen = "M";
  let path = "";
  curve.forEach((loss, i) => {
    if (loss === null || loss === undefined) {
      pen = "M";
      return;
    }
    path += `${pen}${x(i + 1).toFixed(1)} ${y(loss).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {{ title: string, curves: Curve[] }[]} */
  const panels = model.get("panels");
  const every = panels.flatMap((panel) => panel.curves);
  const axis = lossAxis(every.flatMap((curve) => [...curve.loss, ...(curve.validation_loss ?? [])]));
  const validated = every.some((curve) => curve.validation_loss);
  const frame = html("div", { class: "frame panels" });
  el.classList.add("gradatim-view", "curves");
  el.replaceChildren(legend(), frame);

  function legend() {
    const entries = [["key-line", "training"], ...(validated ? [["key-line other", "validation"]] : [])];
    const items = entries.map(([key, words]) =>
      html("li", {}, html("span", { class: `key ${key}` }), words),
    );
    const scale = axis.log ? "loss, logarithmic" : "loss";
    return html("ul", { class: "legend" }, ...items, html("li", { class: "muted" }, `${scale}, by epoch`));
  }

  return drawToWidth(frame, (width) => {
    const columns = Math.min(panels.length, width < 560 ? 1 : 2);
    const each = (width - 24 * (columns - 1)) / columns;
    frame.replaceChildren(...panels.map((panel) => draw(panel, each, axis)));
  });
}

/**
 * @param {{ title: string, curves: Curve[] }} panel
 * @param {number} width
 * @param {{ log: boolean, domain: [number, number], ticks: number[] }} axis
 * @returns {HTMLElement}
 */
function draw(panel, width, axis) {
  const [left, right, top, bottom] = [44, width - 8, 8, 190];
  const training = panel.curves.map((curve) => curve.loss);
  const validation = panel.curves.flatMap((curve) => curve.validation_loss ?? []).length
    ? panel.curves.map((curve) => curve.validation_loss ?? [])
    : [];
  const epochs = Math.max(1, ...training.map((curve) => curve.length));
  const x = linearScale([1, Math.max(epochs, 2)], [left, right]);
  const y = (axis.log ? logScale : linearScale)(axis.domain, [bottom, top]);
  const means = [meanCurve(training), meanCurve(validation)];
  const last = (/** @type {(number | null)[]} */ curve) => formatNumber(curve.findLast((v) => v !== null));
  const summary =
    `${panel.title}: ${plural(panel.curves.length, "network")}, ${plural(epochs, "epoch")}; ` +
    `final training loss ${last(means[0])}` +
    (validation.length ? `, validation loss ${last(means[1])}` : "");
  const root = svg("svg", {
    viewBox: `0 0 ${width} 216`,
    width: "100%",
    role: "img",
    tabindex: 0,
    "aria-label": `${summary}. Left and right arrow keys read the losses.`,
  });
  for (const tick of axis.ticks) {
    root.append(
      svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      svg(
        "text",
        { class: "muted", x: left - 7, y: y(tick) + 4, "text-anchor": "end" },
        formatNumber(tick),
      ),
    );
  }
  for (const tick of ticks(1, epochs, width < 300 ? 3 : 5)) {
    if (!Number.isInteger(tick)) continue;
    root.append(
      svg("text", { class: "muted", x: x(tick), y: bottom + 18, "text-anchor": "middle" }, `${tick}`),
    );
  }
  const several = panel.curves.length > 1;
  [training, validation].forEach((curves, side) => {
    if (!curves.length) return;
    const other = side ? " other" : "";
    for (const curve of curves) {
      if (several) root.append(svg("path", { class: `thin${other}`, d: pathOf(curve, x, y) }));
    }
    root.append(svg("path", { class: `curve${other}`, d: pathOf(means[side], x, y) }));
  });
  const cursor = svg("line", { class: "cursor", y1: top, y2: bottom, visibility: "hidden" });
  root.append(cursor);
  const readout = html("figcaption", { "aria-live": "polite" }, caption());

  /** @param {number} [epoch] */
  function caption(epoch) {
    if (epoch === undefined) return summary.slice(panel.title.length + 2);
    const parts = [`epoch ${epoch}`, `training ${formatNumber(means[0][epoch - 1])}`];
    if (validation.length) parts.push(`validation ${formatNumber(means[1][epoch - 1])}`);
    return parts.join(" · ");
  }
  let at = 0;
  /** @param {number} epoch */
  function show(epoch) {
    at = Math.min(Math.max(epoch, 1), epochs);
    cursor.setAttribute("visibility", "visible");
    cursor.setAttribute("x1", String(x(at)));
    cursor.setAttribute("x2", String(x(at)));
    readout.textContent = caption(at);
  }
  root.addEventListener("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * width;
    show(Math.round(1 + ((place - left) / (right - left)) * (epochs - 1)));
  });
  root.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    readout.textContent = caption();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    show(at + (event.key === "ArrowRight" ? 1 : -1));
  });
  return html("figure", {}, html("h4", {}, panel.title), root, readout);
}

export default { render };
