/**
 * Points and curves on a canvas, the same in every picture.
 *
 * Conventions: even classes are crosses, odd ones discs, so that color is not all that tells them; a
 * point that is held out is pale.
 */

import { css } from "./controls.js";

/**
 * Draw a point.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {number} label
 * @param {boolean} isHeld
 * @param {number} ratio device pixels per pixel
 * @param {import("./controls.js").Colors} colors
 */
export function drawMark(context, x, y, r, label, isHeld, ratio, colors) {
  const color = css(colors.classes[label % 6]);
  context.globalAlpha = isHeld ? 0.45 : 1;
  context.beginPath();
  if (label % 2) {
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    context.strokeStyle = css(colors.paper);
    context.lineWidth = 0.8 * ratio;
  } else {
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
    context.strokeStyle = color;
    context.lineWidth = 1.9 * ratio;
  }
  context.lineCap = "round";
  context.stroke();
  context.globalAlpha = 1;
}

/** Sizes that were asked for and have not changed since: to ask again would lay the page out. @type {WeakMap<Element, number[]>} */
const sizes = new WeakMap();
const watcher = globalThis.ResizeObserver && new ResizeObserver((entries) => entries.forEach(({ target }) => sizes.delete(target)));

/** Width and height of an element in pixels of the page; zeros while it is hidden. @param {Element} element */
export function sizeOf(element) {
  const known = sizes.get(element);
  if (known) return known;
  const size = [element.clientWidth, element.clientHeight];
  watcher?.observe(element);
  // Nobody tells when a hidden one is shown before its next picture is drawn.
  if (size[0]) sizes.set(element, size);
  return size;
}

/**
 * Make a canvas as fine as the screen; returns its context, cleared, its sizes and the ratio.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function clearCanvas(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = sizeOf(canvas).map((length) => Math.max(Math.round(length * ratio), 1));
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/**
 * Where a value lies in a picture of a curve, from the top.
 *
 * @param {number} value
 * @param {[number, number]} range of the values
 * @param {number} height
 */
export function curveHeight(value, [low, high], height) {
  return height * (0.92 - 0.84 * ((value - low) / (high - low || 1)));
}

/**
 * Draw a value over a line of inputs as a curve.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} plane
 * @param {[number, number]} range of the values
 * @param {[number, number]} size
 * @param {number} thickness
 * @param {import("./controls.js").Colors} colors
 * @param {[number, number]} [corner] where the picture begins
 */
export function drawCurve(context, plane, range, [width, height], thickness, colors, corner = [0, 0]) {
  context.save();
  context.translate(...corner);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.fillStyle = css(colors.paper);
  context.fillRect(0, 0, width, height);
  context.strokeStyle = css(colors.positive);
  context.lineWidth = thickness;
  context.beginPath();
  for (let k = 0; k < plane.length; k++) {
    const x = ((k + 0.5) / plane.length) * width;
    const y = curveHeight(plane[k], range, height);
    if (k) context.lineTo(x, y);
    else context.moveTo(x, y);
  }
  context.stroke();
  context.restore();
}
