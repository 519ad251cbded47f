/**
 * One neuron: its equation, its graph with every number, its picture; each changes the others at once.
 *
 * Conventions: a neuron of one input is drawn as x against output, one of two as the plane with its
 * line. Everything that can be dragged can also be moved by the keyboard or typed.
 */

import { html, svg } from "../views/_dom.js";
import { ticks } from "../views/_scales.js";
import { brief, button, choice, draggable, segments, shown, slider } from "./controls.js";
import { neuronText, readEquation } from "./equation.js";
import { FUNCTION_TITLES, symbol } from "./math.js";
import { explainSeparation, isRight, perceptronStep, separate } from "./plane.js";
import { snap } from "./problems.js";

const MOST_POINTS = 200;

/** Sets of points for the plane. @type {Record<string, [number, number, number][]>} */
const POINT_SETS = {
  groups: [
    ...[[1, 1.5, 1], [2, 0.5, 1], [1.5, 2.5, 1], [3, 2, 1], [2.5, 3, 1], [0.5, 2.5, 1]],
    ...[[-1, -0.5, 0], [-2, 1, 0], [-1.5, -2, 0], [0.5, -1.5, 0], [-2.5, -1, 0], [-0.5, -3, 0]],
  ].map(([x, y, label]) => [x, y, label]),
  and: [[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]],
  or: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]],
  xor: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]],
};

/** @param {string} name */
export function pointSet(name) {
  return (POINT_SETS[name] ?? []).map(([x, y, label]) => /** @type {[number, number, number]} */ ([x, y, label]));
}

/** Middle of the range of a function, from which on an output is of class 1. @param {string} activation */
export function middle(activation) {
  return activation === "logistic" || activation === "heaviside" ? 0.5 : 0;
}

/**
 * The smallest pre-activation whose output reaches the threshold; infinite where none does.
 *
 * @param {(z: number) => number} output
 * @param {number} threshold
 */
export function limitOf(output, threshold) {
  if (output(60) < threshold) return Infinity;
  if (output(-60) >= threshold) return -Infinity;
  let [low, high] = [-60, 60];
  for (let k = 0; k < 100; k++) {
    const mid = (low + high) / 2;
    if (output(mid) >= threshold) high = mid;
    else low = mid;
  }
  return Math.abs(high) < 1e-12 ? 0 : high;
}

/** Half the width of what is drawn: a number that is easily read. @param {number} reach */
export function niceReach(reach) {
  return [1, 2, 4, 5, 10, 20, 50, 100, 150, 200, 500, 1000, 2000, 5000, 10000].find((size) => size >= reach) ?? 1e6;
}

/**
 * @param {import("./lab.js").App} app
 */
export function makeNeuronView(app) {
  const neuron = () => app.state.neuron;
  /** What was found about the points: shown until they change. @type {import("./plane.js").Separation | null} */
  let verdict = null;
  let said = "";
  let label = 1;
  let next = 0;
  let reach = 5;

  const output = (/** @type {number} */ z) => app.activate(neuron().activation, z);
  const preActivation = () => neuron().weights.reduce((total, w, i) => total + w * neuron().at[i], neuron().bias);
  const threshold = () => neuron().threshold ?? middle(neuron().activation);
  const classOf = (/** @type {number} */ z) => {
    const value = output(z);
    if (neuron().activation === "sign" && threshold() === 0 && value === 0) return null;
    return value >= threshold() ? 1 : 0;
  };

  /** @param {() => void} change @param {boolean} [isPoint] whether it moves points, about which something was found */
  function edit(change, isPoint = false) {
    if (isPoint) [verdict, said] = [null, ""];
    change();
    app.changed();
  }

  // Equation

  const equation = html("input", { type: "text", class: "equation", spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Equation of the neuron", "aria-describedby": "equation-note" });
  const note = html("p", { id: "equation-note", class: "note", "aria-live": "polite" });
  equation.addEventListener("focus", app.remember);
  equation.addEventListener("input", () => {
    const found = readEquation(equation.value);
    if ("error" in found) {
      note.textContent = found.error;
      equation.setAttribute("aria-invalid", "true");
      return;
    }
    equation.removeAttribute("aria-invalid");
    edit(() => {
      const { weights, bias, activation } = found;
      const { at } = neuron();
      Object.assign(neuron(), { weights, bias, at: weights.map((_, i) => at[i] ?? 1) });
      if (activation) neuron().activation = activation;
    });
  });
  equation.addEventListener("blur", () => {
    equation.removeAttribute("aria-invalid");
    draw();
  });

  // Controls

  const kinds = segments("Inputs", [["1", "one input"], ["2", "two inputs"]], (value) => {
    app.remember();
    edit(() => resize(Number(value)));
  });
  const functions = choice(
    "function",
    Object.entries(FUNCTION_TITLES).filter(([name]) => name !== "softmax"),
    (value) => {
      app.remember();
      edit(() => Object.assign(neuron(), { activation: value, threshold: null }));
    },
  );

  /** @param {number} n */
  function resize(n) {
    const { weights, at } = neuron();
    neuron().weights = n === 1 ? [weights[0]] : [weights[0], weights[1] ?? 1];
    neuron().at = n === 1 ? [at[0]] : [at[0], at[1] ?? 1];
    if (n === 2 && !neuron().points.length) neuron().points = pointSet("groups");
    verdict = null;
  }

  const range = { low: -5, high: 5, step: 0.05 };
  const weightSliders = [0, 1].map((i) =>
    slider(symbol("w", String(i + 1)), range, (value) => edit(() => (neuron().weights[i] = value)), app.remember),
  );
  const biasSlider = slider(symbol("w", "0"), { low: -10, high: 10, step: 0.1 }, (value) => edit(() => (neuron().bias = value)), app.remember);
  const inputSliders = [0, 1].map((i) =>
    slider(symbol("x", String(i + 1)), { low: -10, high: 10, step: 0.1 }, (value) => edit(() => (neuron().at[i] = value)), app.remember),
  );
  const thresholdSlider = slider(symbol("t", "", "threshold"), { low: -2, high: 2, step: 0.01 }, (value) => edit(() => (neuron().threshold = value)), app.remember);

  // Graph

  const graph = svg("svg", { viewBox: "0 0 520 252", class: "neuron-graph", role: "img" });
  const graphTitle = svg("title", {}, "");
  graph.append(graphTitle);

  function drawGraph() {
    const { weights, bias, at, activation } = neuron();
    const z = preActivation();
    const places = weights.length === 1 ? [70] : [40, 122];
    const [ux, uy] = [318, 122];
    /** @type {SVGElement[]} */
    const parts = [];
    const largest = Math.max(...weights.map(Math.abs), Math.abs(bias), 1e-9);
    /** @param {number} x @param {number} y @param {number} w @param {Node[]} text @param {string} spoken @param {(value: number) => void} set */
    const edge = (x, y, w, text, spoken, set) => {
      const width = 1.2 + 5 * (Math.abs(w) / largest);
      const [ex, ey] = [x + (ux - x) * 0.47, y + (uy - y) * 0.47];
      const tag = svg("g", { class: "weight", transform: `translate(${ex} ${ey})`, "data-weight": spoken });
      tag.append(svg("rect", { x: -46, y: -14, width: 92, height: 28, rx: 14 }), svg("text", { "text-anchor": "middle", y: 5 }, ...text));
      let before = 0;
      let grabbed = 0;
      draggable(tag, graph, {
        start: (at) => {
          app.remember();
          [before, grabbed] = [w, at];
        },
        move: (at) => set(Math.round((before + (at - grabbed) * 12) * 20) / 20),
      });
      const [dx, dy] = [(ux - x) / Math.hypot(ux - x, uy - y), (uy - y) / Math.hypot(ux - x, uy - y)];
      parts.push(svg("line", { class: `edge ${w < 0 ? "negative" : "positive"}`, x1: x + 18 * dx, y1: y + 18 * dy, x2: ux - 36 * dx, y2: uy - 36 * dy, "stroke-width": width }));
      return tag;
    };
    const written = (/** @type {string} */ index, /** @type {number} */ value) => [
      svg("tspan", { "font-style": "italic" }, "w"),
      svg("tspan", { dy: 4, "font-size": 11 }, index),
      svg("tspan", { dy: -4 }, ` = ${brief(value)}`),
    ];
    const tags = weights.map((w, i) => edge(62, places[i], w, written(String(i + 1), w), `w${i + 1}`, (value) => edit(() => (neuron().weights[i] = value))));
    const biasY = weights.length === 1 ? 174 : 204;
    tags.push(edge(62, biasY, bias, written("0", bias), "w0", (value) => edit(() => (neuron().bias = value))));
    const nodes = places.map((y, i) =>
      svg("g", { class: "node", transform: `translate(62 ${y})` },
        svg("circle", { r: 24 }),
        svg("text", { "text-anchor": "middle", y: 5 }, brief(at[i])),
        svg("text", { class: "name", "text-anchor": "middle", x: -42, y: 5 }, svg("tspan", { "font-style": "italic" }, "x"), svg("tspan", { dy: 4, "font-size": 11 }, String(i + 1)))),
    );
    nodes.push(svg("g", { class: "node constant", transform: `translate(62 ${biasY})` }, svg("circle", { r: 18 }), svg("text", { "text-anchor": "middle", y: 5 }, "1")));
    const curve = Array.from({ length: 41 }, (_, k) => {
      const value = output((k - 20) / 5);
      return `${k ? "L" : "M"}${(k - 20) * 1.1} ${-Math.max(-1.2, Math.min(value, 1.2)) * 15}`;
    }).join("");
    const predicted = classOf(z);
    nodes.push(
      svg("line", { class: "edge out", x1: ux + 36, y1: uy, x2: 430, y2: uy, "stroke-width": 2 }),
      svg("g", { class: "node unit", transform: `translate(${ux} ${uy})` },
        svg("circle", { r: 36 }), svg("line", { class: "axis", x1: -24, x2: 24, y1: 0, y2: 0 }), svg("path", { class: "shape", d: curve }),
        svg("text", { class: "name", "text-anchor": "middle", y: 58 }, "sum ", svg("tspan", { class: "value" }, brief(z)))),
      svg("g", { class: `node answer k${predicted ?? "none"}`, transform: `translate(462 ${uy})` },
        svg("circle", { r: 32 }), svg("text", { class: "value", "text-anchor": "middle", y: 5 }, shown(output(z), 2)),
        svg("text", { class: "name", "text-anchor": "middle", y: 58 }, predicted === null ? "no class" : `class ${predicted}`)),
    );
    graphTitle.textContent = `Graph of the neuron: ${said0(weights, bias, at, activation, z)}`;
    graph.replaceChildren(graphTitle, ...parts, ...nodes, ...tags);
  }

  /** @param {number[]} weights @param {number} bias @param {number[]} at @param {string} activation @param {number} z */
  function said0(weights, bias, at, activation, z) {
    const terms = weights.map((w, i) => `${shown(w)} times ${shown(at[i])}`).join(" plus ");
    return `${terms} plus ${shown(bias)} is ${shown(z, 3)}; ${FUNCTION_TITLES[activation]} of it is ${shown(output(z), 3)}`;
  }

  const steps = html("p", { class: "steps", "aria-live": "off" });

  function drawSteps() {
    const { weights, bias, at, activation } = neuron();
    const z = preActivation();
    const predicted = classOf(z);
    const inside = (/** @type {number} */ value) => (value < 0 ? `(${brief(value)})` : brief(value));
    const sum = [...weights.map((w, i) => `${i ? inside(w) : brief(w)} · ${inside(at[i])}`), inside(bias)].join(" + ");
    const t = threshold();
    const sign = predicted ? "≥" : "<";
    const decided = predicted === null ? "which is of no class." : `${sign} ${brief(t)}, so class ${predicted}.`;
    steps.replaceChildren(
      ...symbol("z").nodes(), ` = ${sum} = `, html("b", {}, brief(z)), ", ",
      activation === "identity" ? "" : `${FUNCTION_TITLES[activation]}(${brief(z)}) = `, html("b", {}, shown(output(z), 3)), ` ${decided}`,
    );
  }

  // Picture

  const picture = svg("svg", { viewBox: "0 0 440 440", class: "plane", role: "group", "aria-label": "Picture of the neuron" });
  const [left, top, size] = [38, 12, 390];
  const X = (/** @type {number} */ x) => left + ((x + reach) / (2 * reach)) * size;
  const Y = (/** @type {number} */ y) => top + ((reach - y) / (2 * reach)) * size;
  const unX = (/** @type {number} */ share) => ((share * 440 - left) / size) * 2 * reach - reach;
  const unY = (/** @type {number} */ share) => reach - ((share * 440 - top) / size) * 2 * reach;
  const under = svg("g");
  // The line lies below the points, so that a point on it can be taken.
  const lines = svg("g");
  const marks = svg("g");
  const handles = svg("g");
  const background = svg("rect", { class: "ground", x: left, y: top, width: size, height: size });
  picture.append(background, under, lines, marks, handles);
  draggable(background, picture, {
    start: (x) => {
      if (neuron().weights.length === 2) return false;
      app.remember();
      edit(() => (neuron().at[0] = round(unX(x))));
      return true;
    },
    move: (x) => edit(() => (neuron().at[0] = round(unX(x)))),
  });

  // A click, not the press alone: a finger that scrolls adds no point.
  background.addEventListener("click", (event) => {
    if (neuron().weights.length === 1 || neuron().points.length >= MOST_POINTS) return;
    const box = picture.getBoundingClientRect();
    const [x, y] = [unX((event.clientX - box.left) / box.width), unY((event.clientY - box.top) / box.height)];
    app.remember();
    edit(() => neuron().points.push([snap(x), snap(y), label]), true);
  });

  const round = (/** @type {number} */ value) => {
    const step = reach / 200;
    return Number((Math.round(Math.max(-reach, Math.min(value, reach)) / step) * step).toPrecision(6));
  };

  function drawCurve() {
    const { weights: [w], bias, at: [x] } = neuron();
    const value = (/** @type {number} */ place) => output(w * place + bias);
    const values = Array.from({ length: 241 }, (_, k) => value(-reach + (k / 240) * 2 * reach));
    const t = threshold();
    const [low, high] = bounds([...values, t]);
    const V = (/** @type {number} */ v) => top + ((high - v) / (high - low)) * size;
    const parts = [];
    const boundary = w ? (limitOf(output, t) - bias) / w : NaN;
    const kinds = [-reach, reach].map((end) => classOf(w * end + bias));
    if (Number.isFinite(boundary) && Math.abs(boundary) < reach) {
      parts.push(
        svg("rect", { class: `area k${kinds[0]}`, x: left, y: top, width: X(boundary) - left, height: size }),
        svg("rect", { class: `area k${kinds[1]}`, x: X(boundary), y: top, width: left + size - X(boundary), height: size }),
      );
    } else parts.push(svg("rect", { class: `area k${kinds[0]}`, x: left, y: top, width: size, height: size }));
    parts.push(...axes(X, V, low, high));
    parts.push(svg("path", { class: "curve", d: values.map((v, k) => `${k ? "L" : "M"}${(left + (k / 240) * size).toFixed(1)} ${V(v).toFixed(1)}`).join("") }));
    if (Number.isFinite(boundary) && Math.abs(boundary) < reach) {
      parts.push(
        svg("line", { class: "boundary", x1: X(boundary), x2: X(boundary), y1: top, y2: top + size }),
        svg("text", { class: "tag", x: X(boundary) + (boundary > reach * 0.4 ? -8 : 8), y: top + 18, "text-anchor": boundary > reach * 0.4 ? "end" : "start" }, `x₁ = ${brief(boundary)}`),
      );
    }
    under.replaceChildren(...parts);
    const line = handle(`threshold ${brief(t)}`, svg("g", {}, svg("line", { class: "grip", x1: left, x2: left + size, y1: V(t), y2: V(t) }), svg("line", { class: "threshold", x1: left, x2: left + size, y1: V(t), y2: V(t) }), svg("text", { class: "tag", x: left + 6, y: V(t) - 7 }, `threshold ${brief(t)}`)), (dx, dy) => edit(() => (neuron().threshold = Number((t + dy * 0.05).toFixed(4)))));
    draggable(line, picture, { start: app.remember, move: (_, y) => edit(() => (neuron().threshold = Number((high - ((y * 440 - top) / size) * (high - low)).toFixed(2)))) });
    const [px, py] = [X(x), V(value(x))];
    const dot = handle(`Input x1 is ${shown(x)}, output ${shown(value(x), 3)}`, svg("g", {}, svg("path", { class: "guide", d: `M${px} ${top + size}V${py}H${left}` }), svg("circle", { class: "grip", cx: px, cy: py, r: 18 }), svg("circle", { class: "probe", cx: px, cy: py, r: 8 })), (dx) => edit(() => (neuron().at[0] = round(x + (dx * reach) / 50))));
    draggable(dot, picture, { start: app.remember, move: (place) => edit(() => (neuron().at[0] = round(unX(place)))) });
    lines.replaceChildren();
    marks.replaceChildren();
    keepFocus(handles, [line, dot]);
  }

  /** @param {number[]} values @returns {[number, number]} */
  function bounds(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const activation = neuron().activation;
    if (activation === "logistic" || activation === "heaviside") return [Math.min(low, 0) - 0.12, Math.max(high, 1) + 0.12];
    if (activation === "tanh" || activation === "sign") return [Math.min(low, -1) - 0.2, Math.max(high, 1) + 0.2];
    const room = Math.max((high - low) * 0.08, 0.5);
    return [low - room, high + room];
  }

  /** @param {(x: number) => number} sx @param {(y: number) => number} sy @param {number} low @param {number} high */
  function axes(sx, sy, low, high) {
    const parts = [];
    for (const x of ticks(-reach, reach, 6)) {
      parts.push(svg("line", { class: "tick", x1: sx(x), x2: sx(x), y1: top, y2: top + size }), svg("text", { class: "scale", x: sx(x), y: top + size + 17, "text-anchor": "middle" }, shown(x, reach < 3 ? 1 : 0)));
    }
    for (const y of ticks(low, high, 6)) {
      parts.push(svg("line", { class: "tick", x1: left, x2: left + size, y1: sy(y), y2: sy(y) }), svg("text", { class: "scale", x: left - 7, y: sy(y) + 4, "text-anchor": "end" }, shown(y, high - low < 3 ? 1 : 0)));
    }
    return parts;
  }

  /**
   * Something that can be taken by the pointer or moved by arrow keys.
   *
   * @param {string} name
   * @param {SVGGElement} element
   * @param {(dx: number, dy: number) => void} moved
   */
  function handle(name, element, moved) {
    element.setAttribute("class", `handle ${element.getAttribute("class") ?? ""}`);
    for (const [key, value] of Object.entries({ tabindex: "0", role: "button", "aria-label": `${name}; arrow keys move it` })) element.setAttribute(key, value);
    element.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!by) return;
      event.preventDefault();
      app.remember();
      moved(by[0] * (event.shiftKey ? 10 : 1), by[1] * (event.shiftKey ? 10 : 1));
    });
    return element;
  }

  /** Put new elements in the place of old ones; the one in focus stays so. @param {SVGGElement} group @param {SVGGElement[]} elements */
  function keepFocus(group, elements) {
    const at = [...group.children].indexOf(/** @type {Element} */ (document.activeElement));
    group.replaceChildren(...elements);
    if (at >= 0) elements[Math.min(at, elements.length - 1)]?.focus({ preventScroll: true });
  }

  /** Where the line a·x + b·y + c = 0 leaves the picture. @param {number} a @param {number} b @param {number} c */
  function crossing(a, b, c) {
    const far = 4 * reach;
    const square = a * a + b * b;
    if (!square) return null;
    const foot = [(-a * c) / square, (-b * c) / square];
    const along = [-b / Math.sqrt(square), a / Math.sqrt(square)];
    return { foot, along, ends: [-far, far].map((s) => [foot[0] + s * along[0], foot[1] + s * along[1]]) };
  }

  function drawPlane() {
    const { weights: [a, b], bias, points, at } = neuron();
    const limit = limitOf(output, threshold());
    const line = Number.isFinite(limit) ? crossing(a, b, bias - limit) : null;
    const always = Number.isFinite(limit) ? (bias >= limit ? 1 : 0) : limit < 0 ? 1 : 0;
    /** @type {SVGElement[]} */
    const parts = [svg("rect", { class: `area k${line ? 0 : always}`, x: left, y: top, width: size, height: size })];
    if (line) parts.push(svg("polygon", { class: "area k1", points: halfPlane(line, a, b) }));
    parts.push(...axes(X, Y, -reach, reach));
    if (verdict?.separable && verdict.line) {
      const found = crossing(...verdict.line);
      if (found) parts.push(lineMark(found.ends, "found"));
    }
    if (verdict && !verdict.separable) parts.push(...witnessMarks(verdict));
    if (line) parts.push(lineMark(line.ends, "boundary"));
    under.replaceChildren(svg("g", { "clip-path": "url(#plane-clip)" }, ...parts.filter((p) => p.tagName !== "text")), ...parts.filter((p) => p.tagName === "text"));
    keepFocus(marks, points.map((point, i) => pointMark(point, i)));
    const [body, ...tips] = line ? lineHandles(line, a, b, limit) : [];
    keepFocus(lines, body ? [body] : []);
    const probe = handle(`Input at x1 ${shown(at[0])}, x2 ${shown(at[1])}`, svg("g", {}, svg("circle", { class: "grip", cx: X(at[0]), cy: Y(at[1]), r: 16 }), svg("path", { class: "target", d: `M${X(at[0]) - 11} ${Y(at[1])}h22M${X(at[0])} ${Y(at[1]) - 11}v22` }), svg("circle", { class: "target", cx: X(at[0]), cy: Y(at[1]), r: 6 })), (dx, dy) => edit(() => (neuron().at = [round(at[0] + (dx * reach) / 50), round(at[1] + (dy * reach) / 50)])));
    draggable(probe, picture, { start: app.remember, move: (x, y) => edit(() => (neuron().at = [round(unX(x)), round(unY(y))])) });
    keepFocus(handles, [...tips, probe]);
  }

  /** @param {number[][]} ends @param {string} kind */
  function lineMark([p, q], kind) {
    return svg("line", { class: kind, x1: X(p[0]), y1: Y(p[1]), x2: X(q[0]), y2: Y(q[1]) });
  }

  /** Corners of the side on which the sum grows. @param {{ ends: number[][] }} line @param {number} a @param {number} b */
  function halfPlane({ ends: [p, q] }, a, b) {
    const length = Math.hypot(a, b);
    const [dx, dy] = [(a / length) * 8 * reach, (b / length) * 8 * reach];
    return [p, q, [q[0] + dx, q[1] + dy], [p[0] + dx, p[1] + dy]].map(([x, y]) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`).join(" ");
  }

  /**
   * The line itself, and the tip of its weights, by which it is turned.
   *
   * @param {{ foot: number[], along: number[], ends: number[][] }} line
   * @param {number} a
   * @param {number} b
   * @param {number} limit
   */
  function lineHandles({ foot, along, ends }, a, b, limit) {
    const size0 = Math.hypot(a, b);
    // The middle of what is seen of the line.
    const inside = Array.from({ length: 201 }, (_, k) => ((k - 100) / 100) * 1.5 * reach).filter((s) => [0, 1].every((d) => Math.abs(foot[d] + s * along[d]) < reach));
    const middleAt = inside.length ? inside[Math.floor(inside.length / 2)] : 0;
    const center = [foot[0] + middleAt * along[0], foot[1] + middleAt * along[1]];
    const tip = [center[0] + (a / size0) * reach * 0.2, center[1] + (b / size0) * reach * 0.2];
    const shift = (/** @type {number} */ x, /** @type {number} */ y) => edit(() => (neuron().bias = Number((limit - (a * x + b * y)).toFixed(4))));
    const body = handle("The line", svg("g", { class: "line-handle" }, svg("line", { class: "grip", x1: X(ends[0][0]), y1: Y(ends[0][1]), x2: X(ends[1][0]), y2: Y(ends[1][1]), "clip-path": "url(#plane-clip)" }), svg("circle", { class: "knob", cx: X(center[0]), cy: Y(center[1]), r: 6 })), (dx, dy) => shift(center[0] + (dx * reach) / 50, center[1] + (dy * reach) / 50));
    draggable(body, picture, { start: app.remember, move: (x, y) => shift(unX(x), unY(y)) });
    const turn = (/** @type {number} */ angle) => edit(() => {
      const [w1, w2] = [Math.cos(angle) * size0, Math.sin(angle) * size0].map((w) => Number(w.toFixed(3)));
      neuron().weights = [w1, w2];
      neuron().bias = Number((limit - (w1 * center[0] + w2 * center[1])).toFixed(4));
    });
    const arrow = handle("Direction of the weights, towards class 1", svg("g", { class: "turn" }, svg("line", { class: "arrow", x1: X(center[0]), y1: Y(center[1]), x2: X(tip[0]), y2: Y(tip[1]) }), svg("circle", { class: "grip", cx: X(tip[0]), cy: Y(tip[1]), r: 16 }), svg("circle", { class: "knob", cx: X(tip[0]), cy: Y(tip[1]), r: 6 })), (dx, dy) => turn(Math.atan2(b, a) + (dy - dx) * 0.03));
    draggable(arrow, picture, { start: app.remember, move: (x, y) => turn(Math.atan2(unY(y) - center[1], unX(x) - center[0])) });
    return [body, arrow];
  }

  /** @param {[number, number, number]} point @param {number} i */
  function pointMark(point, i) {
    const [x, y, kind] = point;
    const { weights: [a, b], bias } = neuron();
    const isWrong = classOf(a * x + b * y + bias) !== kind;
    const [px, py] = [X(x), Y(y)];
    const shape = kind ? svg("circle", { class: "disc", cx: px, cy: py, r: 6.5 }) : svg("path", { class: "cross", d: `M${px - 5.5} ${py - 5.5}l11 11m0 -11l-11 11` });
    const name = `Point ${i + 1} of class ${kind} at ${shown(x)}, ${shown(y)}${isWrong ? ", on the wrong side" : ""}`;
    const group = handle(name, svg("g", { class: `point k${kind}` }, svg("circle", { class: "grip", cx: px, cy: py, r: 14 }), ...(isWrong ? [svg("circle", { class: "wrong", cx: px, cy: py, r: 11 })] : []), shape), (dx, dy) => move(snap(x + (dx * reach) / 50), snap(y + (dy * reach) / 50)));
    group.setAttribute("aria-label", `${name}; arrow keys move it, Enter changes its class, Delete removes it`);
    const move = (/** @type {number} */ mx, /** @type {number} */ my) => edit(() => (neuron().points[i] = [snap(mx), snap(my), kind]), true);
    draggable(group, picture, { start: app.remember, move: (sx, sy) => move(Math.max(-reach, Math.min(unX(sx), reach)), Math.max(-reach, Math.min(unY(sy), reach))) });
    const toggle = () => edit(() => (neuron().points[i] = [x, y, 1 - kind]), true);
    group.addEventListener("dblclick", () => {
      app.remember();
      toggle();
    });
    group.addEventListener("keydown", ({ key }) => {
      if (key !== "Enter" && key !== "Delete" && key !== "Backspace") return;
      app.remember();
      if (key === "Enter") toggle();
      else edit(() => neuron().points.splice(i, 1), true);
    });
    return group;
  }

  /** @param {import("./plane.js").Separation} found */
  function witnessMarks({ why, witness }) {
    const places = witness.map((i) => neuron().points[i]).filter(Boolean);
    if (why === "same") return places.slice(0, 1).map(([x, y]) => svg("circle", { class: "witness", cx: X(x), cy: Y(y), r: 17 }));
    return [0, 1].map((kind) => {
      const mine = places.filter((point) => point[2] === kind);
      if (mine.length === 1) return svg("circle", { class: `witness k${kind}`, cx: X(mine[0][0]), cy: Y(mine[0][1]), r: 17 });
      return svg("polygon", { class: `witness k${kind}`, points: mine.map(([x, y]) => `${X(x)},${Y(y)}`).join(" ") });
    });
  }

  // Points and the question of a line

  const classes = segments("Class of new points", [["0", "× class 0"], ["1", "● class 1"]], (value) => (label = Number(value)));
  classes.set("1");
  const sets = choice("points", [["", "choose…"], ["groups", "two groups"], ["and", "AND"], ["or", "OR"], ["xor", "XOR"], ["none", "none"]], (value) => {
    if (!value) return;
    app.remember();
    edit(() => {
      neuron().points = pointSet(value);
      if (value !== "groups" && value !== "none") neuron().at = [0.5, 0.5];
    }, true);
    sets.set("");
  });
  const ask = button("Is there a line?", () => {
    verdict = separate(neuron().points);
    said = explainSeparation(verdict, neuron().points);
    draw();
    app.announce(said);
  });
  const use = button("Use this line", () => {
    if (!verdict?.line) return;
    app.remember();
    const largest = Math.max(Math.abs(verdict.line[0]), Math.abs(verdict.line[1])) || 1;
    const limit = limitOf(output, threshold());
    const scaled = /** @type {[number, number, number]} */ (verdict.line.map((w) => Number((w / largest).toFixed(4))));
    const [w1, w2, w0] = isRight(scaled, neuron().points) ? scaled : verdict.line.map((w) => w / largest);
    edit(() => Object.assign(neuron(), { weights: [w1, w2], bias: Number.isFinite(limit) ? w0 + limit : w0 }));
  });
  const learn = button("One step of the perceptron rule", () => {
    app.remember();
    const limit = limitOf(output, threshold());
    const shift = Number.isFinite(limit) ? limit : 0;
    const step = perceptronStep(neuron().weights, neuron().bias - shift, neuron().points, next);
    if (!step) said = "Every point is on its side: the rule changes nothing any more.";
    else {
      const [x, y, kind] = neuron().points[step.at];
      next = step.at + 1;
      const rounded = (/** @type {number} */ value) => Number(value.toFixed(6));
      Object.assign(neuron(), { weights: step.weights.map(rounded), bias: rounded(step.bias + shift) });
      said = `(${shown(x)}, ${shown(y)}) is of class ${kind} and was on the wrong side: ${kind ? "its coordinates are added to" : "its coordinates are subtracted from"} w₁ and w₂, and w₀ ${kind ? "grows" : "shrinks"} by 1.`;
    }
    verdict = null;
    app.changed();
    app.announce(said);
  });
  const score = html("p", { class: "score" });
  const answer = html("p", { class: "answer" });
  const planeTools = html("div", { class: "plane-tools" },
    html("div", { class: "row" }, classes.element, sets.element),
    html("p", { class: "hint" }, "Click to add a point, drag to move it. Double-click or Enter changes its class, Delete removes it."),
    score, html("div", { class: "row" }, ask, learn, use), answer);
  const curveHint = html("p", { class: "hint" }, "Drag the dot along the curve, or the threshold up and down.");

  function draw() {
    const { weights, activation, at, points } = neuron();
    const isPlane = weights.length === 2;
    if (document.activeElement !== equation || !equation.hasAttribute("aria-invalid")) {
      if (document.activeElement !== equation) equation.value = neuronText(neuron());
      note.textContent = isPlane ? "Two inputs, one output. Edit the equation, or drag what you see." : "One input, one output. Edit the equation, or drag what you see.";
    }
    kinds.set(String(weights.length));
    functions.set(activation);
    weightSliders.forEach(({ element, set }, i) => {
      element.hidden = i >= weights.length;
      if (i < weights.length) set(weights[i]);
    });
    inputSliders.forEach(({ element, set }, i) => {
      element.hidden = i >= at.length;
      if (i < at.length) set(at[i]);
    });
    biasSlider.set(neuron().bias);
    thresholdSlider.set(threshold());
    const boundary = !isPlane && weights[0] ? Math.abs((limitOf(output, threshold()) - neuron().bias) / weights[0]) : 0;
    const far = Math.max(...at.map(Math.abs), ...points.flatMap(([x, y]) => (isPlane ? [Math.abs(x), Math.abs(y)] : [])), Number.isFinite(boundary) && boundary < 1e4 ? boundary * 1.2 : 0, isPlane && points.every(([x, y]) => Math.abs(x) <= 1.5 && Math.abs(y) <= 1.5) && points.length ? 2 : 4);
    if (!app.isDragging()) reach = niceReach(far);
    drawGraph();
    drawSteps();
    planeTools.hidden = !isPlane;
    curveHint.hidden = isPlane;
    if (isPlane) {
      drawPlane();
      const right = points.filter(([x, y, kind]) => classOf(weights[0] * x + weights[1] * y + neuron().bias) === kind).length;
      score.textContent = points.length ? `${right} of ${points.length} points on their side.` : "No points yet.";
      use.hidden = !(verdict?.separable && verdict.line && (verdict.line[0] || verdict.line[1]));
      answer.textContent = said;
    } else drawCurve();
  }

  picture.prepend(svg("defs", {}, svg("clipPath", { id: "plane-clip" }, svg("rect", { x: left, y: top, width: size, height: size }))));
  const element = html("div", { class: "neuron" },
    html("div", { class: "neuron-head" }, html("div", { class: "grow" }, equation, note), html("div", { class: "row" }, kinds.element, functions.element)),
    html("div", { class: "columns" },
      html("section", { class: "card", "aria-label": "Graph and numbers" }, graph, steps,
        html("div", { class: "sliders" }, ...weightSliders.map((s) => s.element), biasSlider.element, ...inputSliders.map((s) => s.element), thresholdSlider.element)),
      html("section", { class: "card", "aria-label": "Picture" }, picture, curveHint, planeTools)));
  return { element, draw };
}
