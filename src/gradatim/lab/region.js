/**
 * The plane or line of inputs as a picture: what is computed for every pixel, and the points on it.
 *
 * Conventions: a plane has `SIDE` times `SIDE` pixels, a line twice `SIDE`.
 */

import { ticks } from "../views/_scales.js";
import { brief, css } from "./controls.js";
import { makeRamp, makeShades } from "./maps.js";
import { clearCanvas, curveHeight, drawMark, sizeOf } from "./marks.js";
import { computeInputs } from "./problems.js";

export const SIDE = 100;

/** @param {{ dims: number }} data @param {number} side */
function countPixels({ dims }, side) {
  return dims === 1 ? 2 * side : side * side;
}

/**
 * Inputs of every pixel.
 *
 * @param {import("./model.js").PageData} data
 * @param {number[]} chosen places among the inputs
 * @param {number} [side] pixels
 */
export function makeInputPlanes(data, chosen, side = SIDE) {
  const [low, high] = data.window;
  const nPixels = countPixels(data, side);
  const X = new Float64Array(nPixels * data.dims);
  for (let k = 0; k < nPixels; k++) {
    if (data.dims === 1) X[k] = low + ((k + 0.5) / nPixels) * (high - low);
    else {
      X[2 * k] = low + (((k % side) + 0.5) / side) * (high - low);
      X[2 * k + 1] = high - ((Math.floor(k / side) + 0.5) / side) * (high - low);
    }
  }
  const values = computeInputs(X, data.dims, chosen);
  return chosen.map((_, i) => new Float64Array(nPixels).map((_, k) => values[k * chosen.length + i]));
}

/** Places of a plane that a smaller or larger picture of it shows. @param {number} side its pixels */
export function samplePlaces(side) {
  const place = (/** @type {number} */ k) => Math.floor(((k + 0.5) / side) * SIDE);
  return new Uint16Array(side * side).map((_, k) => SIDE * place(Math.floor(k / side)) + place(k % side));
}

/**
 * Room for what every unit answers.
 *
 * @param {string[][]} activations
 * @param {{ dims: number }} data
 * @param {number} [side] pixels
 */
export function makeUnitPlanes(activations, data, side = SIDE) {
  return activations.map((units) => units.map(() => new Float64Array(countPixels(data, side))));
}

/**
 * Colors of maps: from orange to blue, and from the paper to each class.
 *
 * @param {import("./controls.js").Colors} colors
 */
export function makeColorRamps(colors) {
  return {
    colors,
    signed: makeRamp(colors.negative, colors.paper, colors.positive, 0.5, 0.13),
    classes: colors.classes.map((color) => makeShades(colors.paper, color)),
  };
}

/**
 * Draw the points over a picture; on a line, also its numbers and the chosen place.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./model.js").PageData} data
 * @param {import("./controls.js").Colors} colors
 * @param {number | null} chosen place on a line
 * @param {number[]} [ringed] places of the points that have a ring
 */
export function drawPointsOver(canvas, data, colors, chosen, ringed = []) {
  const { context, width: size, ratio } = clearCanvas(canvas);
  const [low, high] = data.window;
  // What lies farther out is drawn at the edge.
  const place = (/** @type {number} */ x) => ((Math.min(Math.max(x, low), high) - low) / (high - low)) * size;
  const r = (data.labels.length > 300 ? 2.6 : 3.6) * ratio * (size < 250 * ratio ? 0.8 : 1);
  const rings = new Set(ringed);
  if (data.dims === 1) drawAxis(context, size, ratio, place, data, colors, chosen);
  for (let row = 0; row < data.labels.length; row++) {
    const label = data.labels[row];
    const y = data.targets ? curveHeight(data.targets[row], data.yWindow, size) : data.dims === 1 ? (label ? 0.08 : 0.92) * size : size - place(data.X[row * 2 + 1]);
    drawMark(context, place(data.X[row * data.dims]), y, r, label, data.held[row] === 1, ratio, colors);
    if (!rings.has(row)) continue;
    context.beginPath();
    context.arc(place(data.X[row * data.dims]), y, 7 * ratio, 0, 2 * Math.PI);
    context.strokeStyle = css(colors.ink, 0.75);
    context.lineWidth = 1.2 * ratio;
    context.stroke();
  }
  if (data.targets) drawHeights(context, size, ratio, data, colors);
}

/** What was drawn last on each canvas. @type {WeakMap<HTMLCanvasElement, unknown[]>} */
const drawn = new WeakMap();

/**
 * Draw the points on a canvas that has nothing else, unless the very same are there.
 *
 * @param {Parameters<typeof drawPointsOver>} given
 */
export function refreshPoints(...given) {
  const [canvas, ...what] = given;
  const now = [...what.map((one) => (Array.isArray(one) ? one.join() : one)), sizeOf(canvas)[0], window.devicePixelRatio];
  const before = drawn.get(canvas) ?? [];
  if (now.length === before.length && now.every((value, k) => value === before[k])) return;
  drawn.set(canvas, now);
  drawPointsOver(...given);
}

/**
 * The line of inputs in its own numbers, and where the chosen point lies on it.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {number} ratio
 * @param {(x: number) => number} place
 * @param {import("./model.js").PageData} data
 * @param {import("./controls.js").Colors} colors
 * @param {number | null} chosen
 */
function drawAxis(context, size, ratio, place, data, { muted, ink }, chosen) {
  const { center, spread } = data.scale;
  const [low, high] = data.window.map((x) => center + spread * x);
  context.fillStyle = css(muted);
  context.strokeStyle = css(ink, 0.12);
  context.lineWidth = ratio;
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  context.textAlign = "center";
  for (const tick of ticks(low, high, 5)) {
    const x = place((tick - center) / spread);
    if (x < 14 * ratio || x > size - 14 * ratio) continue;
    context.fillText(brief(tick), x, size - 4 * ratio);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, size - 16 * ratio);
    context.stroke();
  }
  if (chosen === null) return;
  context.strokeStyle = css(ink, 0.5);
  context.beginPath();
  context.moveTo(place(chosen), 0);
  context.lineTo(place(chosen), size);
  context.stroke();
}

/**
 * The targets' own numbers at the left of a curve.
 *
 * @param {CanvasRenderingContext2D} context with the font of the axis
 * @param {number} size
 * @param {number} ratio
 * @param {import("./model.js").PageData} data
 * @param {import("./controls.js").Colors} colors
 */
function drawHeights(context, size, ratio, { yScale: { center, spread }, yWindow }, { paper, muted }) {
  context.textAlign = "left";
  context.fillStyle = css(muted);
  context.strokeStyle = css(paper, 0.85);
  context.lineWidth = 4 * ratio;
  const [low, high] = yWindow.map((y) => center + spread * y);
  for (const tick of ticks(low, high, 5)) {
    const y = curveHeight((tick - center) / spread, yWindow, size);
    if (y > size - 24 * ratio) continue;
    context.strokeText(brief(tick), 4 * ratio, y + 4 * ratio);
    context.fillText(brief(tick), 4 * ratio, y + 4 * ratio);
  }
}
