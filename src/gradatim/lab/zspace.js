/**
 * What the outputs read: the points as the last hidden layer sees them, with the line of the output.
 *
 * Conventions: the axes are two of its units. A line is drawn where the layer has one or two units and
 * the network one output, since only then it is a line. Points that fall together are spread a little.
 */

import { html } from "../views/_dom.js";
import { choice, css, shown } from "./controls.js";
import { lowered } from "./math.js";
import { clearCanvas, drawMark, sizeOf } from "./marks.js";
import { engineLayers, outputCodes } from "./model.js";
import { limitOf } from "./neuron.js";

const MOST_MARKS = 500;

/**
 * Where a·u + b·v = c crosses a square.
 *
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {[number, number]} range of both axes
 * @returns {[number, number][]} two ends, or none
 */
export function lineInSquare(a, b, c, [low, high]) {
  /** @type {[number, number][]} */
  const ends = [];
  for (const edge of [low, high]) {
    if (b) ends.push([edge, (c - a * edge) / b]);
    if (a) ends.push([(c - b * edge) / a, edge]);
  }
  const slack = 1e-9 * (high - low);
  const inside = ends.filter((end) => end.every((value) => value >= low - slack && value <= high + slack));
  const first = inside[0];
  const last = inside.find(([u, v]) => Math.abs(u - first[0]) + Math.abs(v - first[1]) > 1e-6 * (high - low));
  return last ? [first, last] : [];
}

/**
 * @param {import("./lab.js").App} app
 * @param {() => import("./model.js").PageData} data
 * @param {(data: import("./model.js").PageData) => { inputs: Float64Array, nInputs: number }} inputsOf
 */
export function makeZSpace(app, data, inputsOf) {
  const title = html("h2", { id: "z-title" }, "Before the output");
  const about = html("p", { class: "about" });
  const canvas = html("canvas", { class: "zspace", role: "img" });
  const axes = [0, 1].map((which) => choice(which ? "up" : "across", [], (value) => {
    units[which] = Number(value);
    draw();
  }));
  const element = html("section", { class: "card z-card", "aria-labelledby": "z-title" }, title, html("div", { class: "z-body" }, canvas, html("div", { class: "z-words" }, about, html("div", { class: "row" }, ...axes.map((one) => one.element)))));
  let units = [0, 1];
  let offered = "";

  /** Offer the units of the layer as axes. @param {string[]} names */
  function offer(names) {
    if (offered === names.join()) return;
    offered = names.join();
    units = [0, Math.min(1, names.length - 1)];
    axes.forEach(({ select, set, element: field }, which) => {
      select.replaceChildren(...names.map((name, k) => html("option", { value: k }, lowered(name))));
      set(String(units[which]));
      field.hidden = names.length <= 2;
    });
  }

  /** @param {string} activation @param {Float64Array} values @returns {[number, number]} */
  function rangeOf(activation, values) {
    if (activation === "tanh" || activation === "sign") return [-1.25, 1.25];
    if (activation === "logistic" || activation === "heaviside") return [-0.25, 1.25];
    let [low, high] = [0, 1e-6];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return [low - 0.1 * (high - low), high + 0.1 * (high - low)];
  }

  /** @param {string[]} [names] of the layer's units, when the shape has changed */
  function draw(names) {
    const { activations } = app.state.net;
    const depth = activations.length - 2;
    element.hidden = depth < 0 || Boolean(data().targets);
    if (element.hidden || !sizeOf(canvas)[0]) return;
    if (names) offer(names);
    const layer = activations[depth];
    const found = data();
    const { inputs, nInputs } = inputsOf(found);
    const layers = engineLayers(app.state.net, nInputs);
    const room = app.engine.forward(app.engine.makeNetwork(layers), inputs);
    const [u, v] = units;
    const n = layer.length;
    const range = rangeOf(layer[u], room.a[depth + 1]);
    const { context, width, height, ratio } = clearCanvas(canvas);
    const colors = app.colors();
    const X = (/** @type {number} */ value) => ((value - range[0]) / (range[1] - range[0])) * width;
    const Y = (/** @type {number} */ value) => height - ((value - range[0]) / (range[1] - range[0])) * height;
    context.strokeStyle = css(colors.rule);
    context.lineWidth = ratio;
    context.beginPath();
    context.moveTo(X(0), 0);
    context.lineTo(X(0), height);
    context.moveTo(0, Y(0));
    context.lineTo(width, Y(0));
    context.stroke();
    const hasLine = drawLine(context, layers, depth, n, range, X, Y, ratio, colors);
    const every = Math.ceil(found.labels.length / MOST_MARKS);
    for (let row = 0; row < found.labels.length; row += every) {
      const a = room.a[depth + 1];
      // A golden angle apart, so that many in one place fill a small disc.
      const [angle, away] = [row * 2.39996, layer[u] === "heaviside" || layer[u] === "sign" ? 0.06 * Math.sqrt((row % 97) / 97) : 0];
      const [x, y] = [a[row * n + u] + away * Math.cos(angle), (n > 1 ? a[row * n + v] : 0) + away * Math.sin(angle)];
      drawMark(context, X(x), Y(y), 3.2 * ratio, found.labels[row], found.held[row] === 1, ratio, colors);
    }
    const output = activations[depth + 1];
    about.textContent = `The points as the last hidden layer sees them${n === 1 ? ", on the line of its one unit" : n > 2 ? ", two of its units" : ""}. ${
      hasLine ? `The output only has to draw this line.${output[0] === "heaviside" ? " A point on the line is of class 1." : ""}` : n > 2 && output.length === 1 ? "With two units in that layer, the line of the output would be drawn." : ""
    }`;
    canvas.setAttribute("aria-label", `${about.textContent} ${shown(found.labels.length, 0)} points.`);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {any[]} layers
   * @param {number} depth of the last hidden layer
   * @param {number} n its units
   * @param {[number, number]} range
   * @param {(value: number) => number} X
   * @param {(value: number) => number} Y
   * @param {number} ratio
   * @param {import("./controls.js").Colors} colors
   */
  function drawLine(context, layers, depth, n, range, X, Y, ratio, colors) {
    const { weight, bias } = layers[depth + 1];
    const [activation] = app.state.net.activations[depth + 1];
    if (n > 2 || weight.length !== 1) return false;
    const limit = limitOf((z) => app.activate(activation, z), outputCodes(activation).threshold);
    if (!Number.isFinite(limit)) return false;
    const [a, b] = [weight[0][units[0]], n === 2 ? weight[0][units[1]] : 0];
    const ends = lineInSquare(a, b, limit - bias[0], range);
    if (!ends.length) return false;
    context.strokeStyle = css(colors.ink);
    context.lineWidth = 1.8 * ratio;
    context.beginPath();
    context.moveTo(X(ends[0][0]), Y(ends[0][1]));
    context.lineTo(X(ends[1][0]), Y(ends[1][1]));
    context.stroke();
    return true;
  }

  return { element, draw };
}
