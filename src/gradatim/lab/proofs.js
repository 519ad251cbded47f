/**
 * What can be proved: whether a line exists, how sums of steps come near a function, what depth is worth.
 *
 * Conventions: the question of a line is decided without rounding; errors of sums are measured at many
 * places and said to be so; pieces of the sawtooth are counted from the networks themselves.
 */

import { html } from "../views/_dom.js";
import { ticks } from "../views/_scales.js";
import { brief, button, choice, css, grouped, numberInput, segments, setNumber, shown } from "./controls.js";
import { toEquation } from "./equation.js";
import { LONGEST_FORMULA, readFormula } from "./formula.js";
import { clearCanvas } from "./marks.js";
import { explainSeparation, isRight, separate } from "./plane.js";
import { drawPointsOver } from "./region.js";
import { PLACES, countPieces, deepSawtooth, reluSums, sample, shallowSawtooth, stepSums, sumLayers } from "./stairs.js";
import { MOST_PROOF } from "./state.js";
import { lineInSquare } from "./zspace.js";

/** @type {[string, string][]} */
const PARTS = [["line", "Is there a line?"], ["sum", "A function as a sum"], ["sawtooth", "Depth against width"]];

/**
 * @param {import("./lab.js").App} app
 * @param {{ data(): import("./model.js").PageData }} network
 */
export function makeProofsView(app, network) {
  const state = () => app.state.proofs;
  const parts = segments("What is proved", PARTS, (value) => change({ part: value }));

  /** @param {Partial<import("./state.js").ProofState>} changes */
  function change(changes) {
    app.remember();
    Object.assign(state(), changes);
    app.changed();
  }

  // Is there a line?

  let against = 1;
  const board = html("canvas", { class: "proof-board", role: "img" });
  const lineWords = html("p", { class: "proof-answer", role: "status" });
  const lineMore = html("p", { class: "hint" });
  const classes = choice("class, against all others", [], (value) => {
    against = Number(value);
    drawLinePart();
  });
  const take = button("Take the line to “One neuron”", takeLine);
  /** @type {import("./plane.js").LabeledPoint[]} */
  let points = [];
  /** @type {import("./plane.js").Separation | null} */
  let found = null;
  let decided = "";
  const linePart = html("section", { class: "card proof", "aria-label": PARTS[0][1] }, board,
    html("div", { class: "proof-words" }, html("h2", {}, PARTS[0][1]), lineWords, lineMore, html("div", { class: "row" }, classes.element, take),
      html("p", { class: "hint" }, "The points are those of “A network”. Floats are fractions, so everything is computed with whole numbers: nothing is rounded.")));

  function drawLinePart() {
    const data = network.data();
    const names = data.classes.slice(0, data.nClasses);
    classes.element.hidden = names.length < 3;
    against = Math.min(against, Math.max(names.length - 1, 0));
    classes.select.replaceChildren(...names.map((name, k) => html("option", { value: k }, name)));
    classes.set(String(against));
    const key = JSON.stringify([app.state.data, against]);
    if (key !== decided) {
      decided = key;
      points = data.targets ? [] : [...data.labels].map((label, row) => [data.X[row * data.dims], data.dims > 1 ? data.X[row * 2 + 1] : 0, label === against ? 1 : 0]);
      found = points.length ? separate(points) : null;
    }
    drawPointsOver(board, data, app.colors(), null);
    if (!found) {
      lineWords.textContent = data.targets ? "The points of “A network” are a curve; choose points with classes there." : "There are no points yet.";
      [lineMore.textContent, take.hidden] = ["", true];
      return;
    }
    lineWords.textContent = explainSeparation(found, points);
    const { line, separable, why } = found;
    const flat = !line || (!line[0] && !line[1]);
    take.hidden = !separable || flat || names.length > 2;
    lineMore.textContent = separable && !flat && line ? `On the line ${sumText(line, data.dims)} = 0; on the side of ${names[against]} the sum is positive.` : why === "crossing" ? "Four points are enough to prove it; all others may stay where they are." : why ? "These few points are enough to prove it; all others may stay where they are." : "";
    drawFound(data);
    board.setAttribute("aria-label", `${data.labels.length} points. ${lineWords.textContent}`);
  }

  /** @param {number[]} line @param {number} dims */
  function sumText([w1, w2, w0], dims) {
    const size = Math.max(Math.abs(w1), Math.abs(w2));
    const term = (/** @type {number} */ w, /** @type {string} */ name) => `${w < 0 ? "− " : "+ "}${brief(Math.abs(w / size))}${name}`;
    return [term(w1, " x₁"), ...(dims > 1 ? [term(w2, " x₂")] : []), term(w0, "")].join(" ").replace(/^\+ /, "").replace(/^− /, "−");
  }

  /** The line, or the points that prove that there is none. @param {import("./model.js").PageData} data */
  function drawFound(data) {
    const context = /** @type {CanvasRenderingContext2D} */ (board.getContext("2d"));
    const { width } = board;
    const ratio = width / Math.max(board.clientWidth, 1);
    const [low, high] = data.window;
    const colors = app.colors();
    const x = (/** @type {number} */ value) => ((value - low) / (high - low)) * width;
    const y = (/** @type {[number, number, number]} */ [, value, label]) => (data.dims === 1 ? (label ? 0.08 : 0.92) * width : width - x(value));
    context.lineWidth = 2.4 * ratio;
    const { line, witness, why } = /** @type {import("./plane.js").Separation} */ (found);
    if (line && (line[0] || line[1])) {
      const ends = data.dims === 1 ? [[-line[2] / line[0], low], [-line[2] / line[0], high]] : lineInSquare(line[0], line[1], -line[2], data.window);
      if (!ends.length) return;
      context.strokeStyle = css(colors.classes[2]);
      context.setLineDash([9 * ratio, 5 * ratio]);
      context.beginPath();
      context.moveTo(x(ends[0][0]), width - x(ends[0][1]));
      context.lineTo(x(ends[1][0]), width - x(ends[1][1]));
      context.stroke();
      context.setLineDash([]);
    }
    for (const kind of [0, 1]) {
      const mine = witness.map((k) => points[k]).filter((point) => point[2] === kind);
      context.strokeStyle = css(colors.ink);
      context.beginPath();
      if (mine.length === 1) context.arc(x(mine[0][0]), y(mine[0]), 11 * ratio, 0, 2 * Math.PI);
      else mine.forEach((point, k) => context[k ? "lineTo" : "moveTo"](x(point[0]), y(point)));
      if (mine.length > 2) context.closePath();
      context.stroke();
      if (why === "same") break;
    }
  }

  function takeLine() {
    if (!found?.line) return;
    const size = Math.max(Math.abs(found.line[0]), Math.abs(found.line[1]));
    const rounded = /** @type {[number, number, number]} */ (found.line.map((w) => Number((w / size).toFixed(4))));
    const [w1, w2, w0] = isRight(rounded, points) ? rounded : found.line.map((w) => w / size);
    const isPlane = network.data().dims > 1;
    app.remember();
    Object.assign(app.state.neuron, { weights: isPlane ? [w1, w2] : [w1], bias: w0, activation: "heaviside", threshold: null, at: isPlane ? [0, 0] : [0], points: isPlane ? points.slice(0, 200) : app.state.neuron.points });
    app.open("neuron");
  }

  // A function as a sum

  const formula = html("input", { type: "text", maxlength: LONGEST_FORMULA, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "function of x" });
  const wrong = html("p", { class: "note", role: "status" });
  formula.addEventListener("input", () => {
    const read = readFormula(formula.value);
    wrong.textContent = "error" in read ? read.error : read.isClass ? "This compares; write a function of x." : "";
    formula.toggleAttribute("aria-invalid", wrong.textContent !== "");
    if (!wrong.textContent) change({ formula: formula.value.trim() });
  });
  const ends = ["from", "to"].map((name, k) => numberInput(`interval ${name}`, (value) => {
    if (k ? value > state().low : value < state().high) change({ [k ? "high" : "low"]: value });
  }, { low: -1000, high: 1000 }));
  const kinds = segments("What is added", [["heaviside", "steps"], ["relu", "ReLUs"]], (value) => change({ unit: value }));
  const count = html("input", { type: "range", min: 1, max: MOST_PROOF.units, step: 1, "aria-label": "number of units" });
  count.addEventListener("input", () => change({ units: count.valueAsNumber }));
  const fewer = button("−", () => state().units > 1 && change({ units: state().units - 1 }), { "aria-label": "One unit less" });
  const more = button("Add one", () => state().units < MOST_PROOF.units && change({ units: state().units + 1 }), { class: "primary" });
  const units = html("output", { class: "epochs" });
  const curve = html("canvas", { class: "proof-curve", role: "img" });
  const decay = html("canvas", { class: "loss", role: "img", "aria-label": "Largest error by number of units" });
  const sumWords = html("p", { class: "proof-answer", "aria-live": "off" });
  const sumMore = html("p", { class: "hint" });
  const equation = html("p", { class: "proof-equation", tabindex: "0", role: "region", "aria-label": "The sum" });
  const command = html("code", {});
  const sumPart = html("section", { class: "card proof", "aria-label": PARTS[1][1] },
    html("div", {}, curve, html("p", { class: "hint" }, "Largest error by number of units, in powers of ten"), decay),
    html("div", { class: "proof-words" }, html("h2", {}, PARTS[1][1]),
      html("div", { class: "row" }, html("label", { class: "field grow" }, html("span", {}, "function of x"), formula), ...ends.map((input, k) => html("label", { class: "field short" }, html("span", {}, k ? "to" : "from"), input))), wrong,
      html("div", { class: "row" }, kinds.element, fewer, more, units), count, sumWords, sumMore, equation,
      html("p", { class: "hint" }, "The error is measured, not certified. What holds at every point is computed by ", command)));

  /** @type {{ key: string, y: Float64Array, sums: import("./stairs.js").Sum[] }} */
  let made = { key: "", y: new Float64Array(0), sums: [] };

  function makeSums() {
    const { formula: text, low, high, unit } = state();
    const key = JSON.stringify([text, low, high, unit]);
    if (made.key === key) return made;
    const read = readFormula(text);
    const y = "error" in read ? new Float64Array(PLACES) : sample(read.of, low, high);
    const isFinite = y.every((value) => Math.abs(value) < 1e9);
    made = { key, y, sums: isFinite ? (unit === "heaviside" ? stepSums : reluSums)(y, MOST_PROOF.units) : [] };
    return made;
  }

  function drawSumPart() {
    const { formula: text, low, high, unit, units: n } = state();
    if (document.activeElement !== formula) formula.value = text;
    setNumber(ends[0], low);
    setNumber(ends[1], high);
    kinds.set(unit);
    count.value = String(n);
    const isStep = unit === "heaviside";
    units.textContent = `${n} ${isStep ? (n === 1 ? "step" : "steps") : n === 1 ? "ReLU" : "ReLUs"}`;
    const { y, sums } = makeSums();
    if (!sums.length) {
      sumWords.textContent = "The function is not finite on the whole interval; choose another interval.";
      for (const one of [sumMore, equation]) one.textContent = "";
      clearCanvas(curve);
      clearCanvas(decay);
      return;
    }
    const sum = sums[n - 1];
    const place = (/** @type {number} */ k) => low + ((high - low) * k) / (PLACES - 1);
    sumWords.textContent = `The largest error is ${shown(sum.error, 4)}, at x = ${brief(place(sum.at))}.`;
    sumMore.textContent = isStep
      ? `Seen at ${grouped(PLACES)} places. No other ${n === 1 ? "step" : `${n} steps`} come${n === 1 ? "s" : ""} nearer there. Twice as many steps: about half the error.`
      : `Seen at ${grouped(PLACES)} places. Every ReLU bends the sum once. Where the function is smooth, twice as many bends make the error about four times smaller.`;
    equation.textContent = `f(x) ≈ ${toEquation(rounded(sumLayers(sum, unit, low, high)), ["x"]).split("-> ").map((part) => part.trim()).slice(1).join("; ")}`;
    command.textContent = `gradatim approximate "${text.replace(/["\\$`]/g, "")}" --on ${low} ${high} --activation ${isStep ? "step" : "relu"}`;
    drawSum(y, sum, isStep);
    drawDecay(sums, n);
  }

  /** @param {any[]} layers */
  function rounded(layers) {
    const short = (/** @type {number} */ value) => Number(value.toPrecision(4));
    return layers.map((layer) => ({ ...layer, weight: layer.weight.map((/** @type {number[]} */ row) => row.map(short)), bias: layer.bias.map(short) }));
  }

  /** @param {Float64Array} y @param {import("./stairs.js").Sum} sum @param {boolean} isStep */
  function drawSum(y, { ends: places, values, at, error }, isStep) {
    const low = y.reduce((a, b) => Math.min(a, b), Infinity);
    const high = y.reduce((a, b) => Math.max(a, b), -Infinity);
    const room = Math.max((high - low) * 0.1, 0.02);
    const plot = makePlot(curve, [state().low, state().high], [low - room, high + room]);
    const { context, X, Y, ratio } = plot;
    const { ink, positive, negative } = app.colors();
    const place = (/** @type {number} */ k) => X(state().low + ((state().high - state().low) * k) / (PLACES - 1));
    context.beginPath();
    y.forEach((value, k) => context[k ? "lineTo" : "moveTo"](place(k), Y(value)));
    plot.stroke(ink, 1.4, 0.75);
    context.beginPath();
    places.forEach((k, i) => {
      if (isStep) {
        context.moveTo(place(k), Y(values[i]));
        context.lineTo(place((places[i + 1] ?? PLACES) - 1), Y(values[i]));
      } else context[i ? "lineTo" : "moveTo"](place(k), Y(values[i]));
    });
    plot.stroke(positive, 2.8);
    const i = places.findLastIndex((k) => k <= at);
    const next = Math.min(i + 1, places.length - 1);
    const value = isStep || next === i ? values[i] : values[i] + ((values[next] - values[i]) * (at - places[i])) / (places[next] - places[i]);
    context.beginPath();
    context.moveTo(place(at), Y(y[at]));
    context.lineTo(place(at), Y(value));
    plot.stroke(negative, 4 * Math.min(ratio, 1.2));
    curve.setAttribute("aria-label", `The function, and the sum of ${state().units} units beside it; the largest error, ${shown(error, 4)}, is marked.`);
  }

  /** @param {import("./stairs.js").Sum[]} sums @param {number} n */
  function drawDecay(sums, n) {
    const size = (/** @type {import("./stairs.js").Sum} */ { error }) => Math.log10(Math.max(error, 1e-9));
    const values = sums.map(size);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const { context, width, height, ratio } = clearCanvas(decay);
    const { positive, muted, ink } = app.colors();
    const X = (/** @type {number} */ k) => (0.01 + 0.98 * (k / (sums.length - 1))) * width;
    const Y = (/** @type {number} */ value) => 14 * ratio + ((high - value) / (high - low || 1)) * (height - 24 * ratio);
    context.strokeStyle = css(positive);
    context.lineWidth = 1.8 * ratio;
    context.beginPath();
    values.forEach((value, k) => context[k ? "lineTo" : "moveTo"](X(k), Y(value)));
    context.stroke();
    context.fillStyle = css(ink);
    context.beginPath();
    context.arc(X(n - 1), Y(values[n - 1]), 4 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = css(muted);
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.textAlign = "right";
    context.fillText(`1 unit: ${shown(sums[0].error, 3)}    ${sums.length} units: ${shown(sums[sums.length - 1].error, 4)}`, width - 4 * ratio, 11 * ratio);
  }

  // Depth against width

  const doublings = html("input", { type: "range", min: 0, max: MOST_PROOF.doublings, step: 1, "aria-label": "hidden layers after the first" });
  doublings.addEventListener("input", () => change({ doublings: doublings.valueAsNumber }));
  const saw = html("canvas", { class: "proof-curve", role: "img" });
  const sawWords = html("p", { class: "proof-answer", "aria-live": "off" });
  const sawMore = html("p", { class: "hint" });
  const sawTable = html("div", { class: "table-scroll" });
  const layersText = html("output", { class: "epochs" });
  const sawPart = html("section", { class: "card proof", "aria-label": PARTS[2][1] },
    html("div", {}, saw, html("ul", { class: "legend" }, html("li", {}, html("span", { class: "race-key c2", "aria-hidden": "true" }), "deep"), html("li", {}, html("span", { class: "race-key c1", "aria-hidden": "true" }), "shallow, as many units"))),
    html("div", { class: "proof-words" }, html("h2", {}, PARTS[2][1]),
      html("p", { class: "about" }, "Two ReLUs fold a line once: 0 to 1 becomes up and down. Every further layer of two folds what came before, so the teeth double."),
      html("label", { class: "field" }, html("span", {}, "hidden layers of two ReLUs each"), html("span", { class: "row" }, doublings, layersText)), sawWords, sawTable, sawMore));

  function drawSawPart() {
    const k = state().doublings;
    doublings.value = String(k);
    const [teeth, n] = [2 ** k, 2 * (k + 1)];
    layersText.textContent = String(k + 1);
    const [places, m] = [2 ** (k + 3), Math.min(n, 2 * teeth)];
    const [deep, shallow] = [deepSawtooth(k), shallowSawtooth(teeth, m)];
    const [a, b] = [deep, shallow].map((layers) => countPieces(layers, places, app.engine));
    const most = n + 1;
    sawWords.textContent = `Deep: ${n} units make ${teeth} ${teeth === 1 ? "tooth" : "teeth"}, ${a.pieces} straight pieces, counted. One layer of ${n} units has at most ${most}.`;
    const wrong = Math.max(Math.floor((2 * teeth - most) / 2), 0);
    sawMore.textContent = wrong
      ? `Every unit of a single layer bends the sum once, so ${n} units make at most ${most} pieces, whatever their weights. Of the ${2 * teeth} tips and valleys, any such network has at least ${wrong} on the wrong side of 1/2. As many teeth from one layer take ${2 * teeth} units.`
      : "So few teeth a single layer makes as well. Add layers: the pieces of the deep network double, those of the shallow one grow by two.";
    const row = (/** @type {string} */ name, /** @type {(string | number)[]} */ values) => html("tr", {}, html("th", { scope: "row" }, name), ...values.map((value) => html("td", {}, typeof value === "number" ? grouped(value) : value)));
    const head = html("tr", {}, html("td"), ...["hidden layers", "units", "parameters", "pieces"].map((text) => html("th", { scope: "col" }, text)));
    sawTable.replaceChildren(html("table", { class: "confusion-table" }, html("thead", {}, head), html("tbody", {}, row("deep", [k + 1, n, 6 * k + 7, a.pieces]), row("shallow", [1, m, 3 * m + 1, b.pieces]), row("shallow, all teeth", [1, 2 * teeth, 6 * teeth + 1, 2 * teeth]))));
    const plot = makePlot(saw, [0, 1], [-0.12, 1.12]);
    const { positive, negative } = app.colors();
    /** @param {Float64Array} y @param {number[]} color @param {number[]} dashes */
    const draw = (y, color, dashes) => {
      plot.context.beginPath();
      y.forEach((value, i) => plot.context[i ? "lineTo" : "moveTo"](plot.X(i / places), plot.Y(value)));
      plot.context.setLineDash(dashes.map((d) => d * plot.ratio));
      plot.stroke(color, 2);
      plot.context.setLineDash([]);
    };
    draw(a.y, positive, []);
    draw(b.y, negative, [7, 4]);
    saw.setAttribute("aria-label", sawWords.textContent ?? "");
  }

  /**
   * A canvas with axes in numbers.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {[number, number]} xs
   * @param {[number, number]} ys
   */
  function makePlot(canvas, xs, ys) {
    const { context, width, height, ratio } = clearCanvas(canvas);
    const { muted, ink } = app.colors();
    const [left, bottom] = [38 * ratio, 20 * ratio];
    const X = (/** @type {number} */ x) => left + ((x - xs[0]) / (xs[1] - xs[0])) * (width - left - 8 * ratio);
    const Y = (/** @type {number} */ y) => 6 * ratio + ((ys[1] - y) / (ys[1] - ys[0])) * (height - bottom - 6 * ratio);
    const stroke = (/** @type {number[]} */ color, /** @type {number} */ thick, alpha = 1) => {
      context.strokeStyle = css(color, alpha);
      context.lineWidth = thick * ratio;
      context.lineJoin = "round";
      context.stroke();
    };
    context.fillStyle = css(muted);
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.beginPath();
    context.textAlign = "center";
    for (const x of ticks(...xs, 6)) {
      context.fillText(brief(x), X(x), height - 5 * ratio);
      context.moveTo(X(x), Y(ys[0]));
      context.lineTo(X(x), Y(ys[1]));
    }
    context.textAlign = "right";
    for (const y of ticks(...ys, 5)) {
      context.fillText(brief(y), left - 5 * ratio, Y(y) + 4 * ratio);
      context.moveTo(left, Y(y));
      context.lineTo(width - 8 * ratio, Y(y));
    }
    stroke(ink, 1, 0.1);
    return { context, X, Y, ratio, stroke };
  }

  /** @type {Record<string, [HTMLElement, () => void]>} */
  const shownParts = { line: [linePart, drawLinePart], sum: [sumPart, drawSumPart], sawtooth: [sawPart, drawSawPart] };
  const element = html("div", { class: "proofs" }, html("div", { class: "bar" }, parts.element), linePart, sumPart, sawPart);
  new ResizeObserver(() => element.offsetParent && draw()).observe(element);

  function draw() {
    parts.set(state().part);
    for (const [name, [section]] of Object.entries(shownParts)) section.hidden = name !== state().part;
    shownParts[state().part][1]();
  }

  return { element, draw };
}
