/**
 * Proofs beyond the plane: separable in all columns of a collection, and networks with a certified error.
 *
 * Conventions: the server's sentences are shown as they are, line by line, in columns.
 */

import { html } from "../views/_dom.js";
import { choice, css, numberInput } from "./controls.js";
import { clearCanvas } from "./marks.js";
import { AskError } from "./protocol.js";
import { fewest } from "./servedrows.js";

/** @param {import("./lab.js").App} app @param {import("./served.js").Desk} desk */
export function makeSeparationCard(app, desk) {
  let drawnFor = "";
  const inputs = choice("features", [], () => {});
  const classes = choice("classes", [], () => {});
  const text = html("pre", { class: "lines", tabindex: 0, hidden: true, "aria-label": "The proof" });
  const job = desk.makeJob("Is it separable?", () => ({ ask: "separate", input: inputs.select.value, positive: classes.select.value }), (result) => showLines(text, result.lines));
  const element = html("section", { class: "card", "aria-labelledby": "separable-title" },
    html("h2", { id: "separable-title" }, "Separable in all columns?"),
    html("p", { class: "about" }, "In the plane a line separates classes, here a flat cut through all columns at once. Either the cut is found, or rows that prove that there is none; both are checked in exact arithmetic."),
    html("div", { class: "row" }, inputs.element, classes.element), job.element, text);

  function draw() {
    const about = desk.about();
    const key = JSON.stringify(about);
    if (key === drawnFor) return;
    drawnFor = key;
    inputs.select.replaceChildren(...about.inputs.map((/** @type {any} */ one) => html("option", { value: one.name }, `${one.name} (${one.n_columns} columns)`)));
    inputs.select.value = fewest(about.inputs);
    const all = about.classes.map((/** @type {string} */ name) => [name, `${name} against the others`]);
    classes.select.replaceChildren(...[["", "every pair"], ...(about.classes.length > 2 ? all : [])].map(([value, shown]) => html("option", { value }, shown)));
  }
  return { element, draw };
}

/** @param {HTMLElement} text @param {string[]} lines */
function showLines(text, lines) {
  text.textContent = lines.join("\n").trim();
  text.hidden = false;
}

/** @param {import("./lab.js").App} app @param {import("./served.js").Desk} desk */
export function makeApproximationCard(app, desk) {
  /** @type {any} */
  let shown = null;
  const values = { low: 0, high: 1, tolerance: 0.05 };
  const formula = html("input", { type: "text", class: "equation", value: "sin(2*pi*x)", maxlength: 200, "aria-label": "Function of x", spellcheck: "false", autocomplete: "off" });
  /** @param {"low" | "high" | "tolerance"} key @param {string} label @param {string} text */
  const field = (key, label, text) => {
    const input = numberInput(label, (value) => (values[key] = value), key === "tolerance" ? { low: 1e-6, high: 1e6 } : {});
    input.value = String(values[key]);
    return html("label", { class: "field short" }, html("span", {}, text), input);
  };
  const units = choice("units", [["relu", "ReLU"], ["step", "step"], ["sigmoid", "sigmoid"], ["tanh", "tanh"]], () => {});
  const plot = html("canvas", { class: "curve", role: "img", hidden: true });
  const text = html("pre", { class: "lines wrapped", tabindex: 0, hidden: true, "aria-label": "The certificate" });
  const job = desk.makeJob("Build a network", () => ({ ask: "approximate", function: written(), activation: units.select.value, ...values }), (result) => {
    shown = result;
    plot.hidden = false;
    showLines(text, result.lines);
    draw();
  });
  const element = html("section", { class: "card", "aria-labelledby": "approximation-title" },
    html("h2", { id: "approximation-title" }, "A network for a function"),
    html("p", { class: "about" }, "One hidden layer, as small as it is found, that is nowhere farther from the function than the tolerance. The largest error is certified between the points, too."),
    formula, html("div", { class: "row" }, field("low", "From", "from"), field("high", "To", "to"), field("tolerance", "Tolerance", "tolerance"), units.element), job.element, plot, text);

  function written() {
    const text = formula.value.trim();
    if (!text) throw new AskError("Write a function of x, such as sin(2*pi*x).");
    if (/(?<![a-z])y(?![a-z])/i.test(text)) throw new AskError("Here a network has one input; write a function of x alone.");
    return text;
  }

  function draw() {
    if (!shown || !element.offsetParent) return;
    const { context, width, height, ratio } = clearCanvas(plot);
    const all = [...shown.wanted, ...shown.found];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const [x0, x1] = [shown.x[0], shown.x[shown.x.length - 1]];
    const colors = app.colors();
    for (const [ys, color, dash] of [[shown.wanted, colors.muted, [6, 4]], [shown.found, colors.positive, []]]) {
      context.strokeStyle = css(color);
      context.lineWidth = 2 * ratio;
      context.setLineDash(dash.map((/** @type {number} */ d) => d * ratio));
      context.beginPath();
      ys.forEach((/** @type {number} */ y, /** @type {number} */ k) => {
        const at = [((shown.x[k] - x0) / (x1 - x0)) * width, (0.95 - 0.9 * ((y - low) / (high - low || 1))) * height];
        context.lineTo(at[0], at[1]);
      });
      context.stroke();
    }
    context.setLineDash([]);
    plot.setAttribute("aria-label", `The function, dashed, and the network of ${shown.n_units} units; largest error ${shown.error.toPrecision(3)}`);
  }
  return { element, draw };
}
