/**
 * The graph of a network: its edges, and a button with a map for every unit; layers and units come and go here.
 *
 * Conventions: edges are SVG, as thick as their weights; all maps are on one canvas below the buttons,
 * with as many pixels as the screen has.
 */

import { html, svg } from "../views/_dom.js";
import { button, shown } from "./controls.js";
import { mapRange, paintRamp } from "./maps.js";
import { drawCurve } from "./marks.js";
import { FUNCTION_TITLES, UNIT_FUNCTIONS, lowered } from "./math.js";
import { INPUTS } from "./problems.js";
import { samplePlaces } from "./region.js";
import { LIMITS } from "./state.js";

const UNIT = 40;
/** Functions whose slope is 0: what feeds them does not learn. */
const FLAT = ["sign", "heaviside"];

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 * @param {() => void} resized another width is there for it
 */
export function makeGraphCard(app, board, resized) {
  const net = () => app.state.net;
  const graph = html("div", { class: "graph" });
  const wires = svg("svg", { class: "wires", "aria-hidden": "true" });
  const depthText = html("b", {});
  const caption = html("p", { class: "caption" }, "\u00a0");
  const element = html("section", { class: "card graph-card", "aria-labelledby": "graph-title" },
    html("div", { class: "card-head" }, html("h2", { id: "graph-title" }, "Network"),
      html("div", { class: "stepper", role: "group", "aria-label": "Hidden layers" }, html("span", {}, "hidden layers"),
        button("−", () => changeLayers(-1), { "aria-label": "One hidden layer less" }), depthText, button("+", () => changeLayers(1), { "aria-label": "One more hidden layer" }))),
    html("div", { class: "graph-scroll" }, graph), caption);

  /** @param {number} by */
  function changeLayers(by) {
    const hidden = net().activations.slice(0, -1);
    const output = net().activations.slice(-1);
    if (by < 0 && hidden.length) board.changeShape({ activations: [...hidden.slice(0, -1), ...output] });
    if (by > 0 && hidden.length < 6) board.changeShape({ activations: [...hidden, Array(hidden.length ? hidden[hidden.length - 1].length : 4).fill(hidden.at(-1)?.[0] ?? "tanh"), ...output] });
  }

  /** @param {number} layer @param {number} by */
  function changeUnits(layer, by) {
    const activations = net().activations.map((units) => [...units]);
    const units = activations[layer];
    if (by < 0 && units.length > 1) units.pop();
    else if (by > 0 && units.length < LIMITS.units) units.push(units[units.length - 1]);
    else return;
    board.changeShape({ activations });
  }

  /** @param {number} layer @param {string} name */
  function changeFunction(layer, name) {
    board.changeActivations(net().activations.map((units, k) => (k === layer ? units.map(() => name) : units)));
  }

  /** @type {HTMLButtonElement[][]} */
  let units = [];
  // One canvas below all units: one for each would cost more to put together than to draw.
  const sheet = html("canvas", { class: "sheet" });
  let image = new ImageData(1, 1);
  /** @type {{ line: SVGLineElement, at: number }[]} */
  let edgeLines = [];
  /** @type {{ x: number, y: number }[][]} */
  let places = [];
  /** Width that the graph was made for. */
  let room = 0;
  /** Places of a plane that the pixels of a unit show. */
  let unitPlaces = samplePlaces(1);

  /** Make the graph anew, after its shape has changed. */
  function rebuild() {
    const columns = [board.inputPlaces().length, ...net().activations.map((units) => units.length)];
    const side = Math.round((UNIT - 2) * devicePixelRatio);
    unitPlaces = samplePlaces(side);
    image = new ImageData(side, side);
    room = graph.parentElement?.clientWidth ?? 0;
    const width = Math.max(room || 520, columns.length * 82 + 12);
    const tallest = Math.max(...columns);
    const gap = 58;
    const height = 58 + tallest * gap;
    graph.style.width = `${width}px`;
    graph.style.height = `${height}px`;
    [sheet.width, sheet.height] = [width, height].map((length) => Math.ceil(length * devicePixelRatio));
    wires.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const spread = columns.length > 1 ? (width - 92) / (columns.length - 1) : 0;
    places = columns.map((n, c) => Array.from({ length: n }, (_, i) => ({ x: Math.round(46 + c * spread), y: 54 + (i + 0.5 + (tallest - n) / 2) * gap })));
    const all = board.names();
    const focused = graph.contains(document.activeElement) ? document.activeElement?.getAttribute("aria-label") : null;
    graph.replaceChildren(wires, sheet);
    makeWires(all);
    columns.forEach((n, c) => graph.append(columnHead(c, n)));
    units = places.map((column, c) => column.map(({ x, y }, i) => makeUnit(c, i, x, y, all)));
    depthText.textContent = String(net().activations.length - 1);
    // Whoever presses + twice by the keyboard finds the button again.
    const again = focused && [...graph.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focused);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  /** @param {string[][]} all */
  function makeWires(all) {
    const [visible, hits] = [svg("g"), svg("g")];
    edgeLines = [];
    board.layers().forEach(({ nIn, nOut, start }, depth) => {
      for (let o = 0; o < nOut; o++) {
        for (let i = 0; i < nIn; i++) {
          const [from, to] = [places[depth][i], places[depth + 1][o]];
          const ends = { x1: from.x + UNIT / 2, y1: from.y, x2: to.x - UNIT / 2, y2: to.y };
          const line = svg("line", { ...ends, class: "wire" });
          const hit = svg("line", { ...ends, class: "hit" });
          const at = start + o * nIn + i;
          hit.addEventListener("pointerenter", () => (caption.textContent = `${lowered(all[depth][i])} → ${lowered(all[depth + 1][o])}: ${net().edges[at] ? shown(net().parameters[at], 3) : "cut"}. Click to edit.`));
          hit.addEventListener("click", () => board.choose(depth, o, i));
          edgeLines.push({ line, at });
          visible.append(line);
          hits.append(hit);
        }
      }
    });
    wires.replaceChildren(visible, hits);
  }

  /** @param {number} c @param {number} n */
  function columnHead(c, n) {
    const head = html("div", { class: "column-head" });
    head.style.left = `${places[c][0].x}px`;
    if (c === 0) head.append(html("span", {}, "inputs"));
    else {
      const isLast = c === net().activations.length;
      const units = net().activations[c - 1];
      const isMixed = units.some((name) => name !== units[0]);
      const options = isLast ? (n > 1 ? [["softmax", "softmax"]] : UNIT_FUNCTIONS) : UNIT_FUNCTIONS;
      const select = html("select", { "aria-label": isLast ? "Function of the output" : `Function of hidden layer ${c}` });
      for (const [value, text] of [...(isMixed ? [["", "mixed"]] : []), ...options]) select.append(html("option", { value }, text));
      select.value = isMixed ? "" : units[0];
      select.addEventListener("change", () => select.value && changeFunction(c - 1, select.value));
      head.append(select);
      if (!isLast) head.append(html("div", { class: "pair" }, button("−", () => changeUnits(c - 1, -1), { "aria-label": `One unit less in hidden layer ${c}` }), html("b", {}, String(n)), button("+", () => changeUnits(c - 1, 1), { "aria-label": `One more unit in hidden layer ${c}` })));
      else head.append(html("span", {}, n > 1 ? "outputs" : "output"));
    }
    return head;
  }

  /** @param {number} c @param {number} i @param {number} x @param {number} y @param {string[][]} all */
  function makeUnit(c, i, x, y, all) {
    const isInput = c === 0;
    const title = lowered(all[c][i]);
    const label = isInput ? INPUTS[board.inputPlaces()[i]].shown : title;
    const element = html("button", { type: "button", class: `unit${isInput ? " input" : ""}`, "aria-label": isInput ? `Input ${label}` : `Unit ${title}, ${FUNCTION_TITLES[net().activations[c - 1][i]]}` }, html("span", {}, label));
    element.style.left = `${x - UNIT / 2}px`;
    element.style.top = `${y - UNIT / 2}px`;
    const look = () => board.hover({ layer: c, unit: i });
    const leave = () => board.hover(null);
    element.addEventListener("pointerenter", look);
    element.addEventListener("focus", look);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("blur", leave);
    if (!isInput) element.addEventListener("click", () => board.choose(c - 1, i));
    graph.append(element);
    return element;
  }

  /** @param {Float64Array[][]} planes of the inputs, then of every layer @param {Uint32Array} ramp */
  function drawMaps(planes, ramp) {
    const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
    const pixels = new Uint32Array(image.data.buffer);
    places.forEach((column, c) => column.forEach(({ x, y }, i) => {
      const plane = planes[c][i];
      const range = mapRange(c ? net().activations[c - 1][i] : "identity", plane);
      const [left, top] = [x, y].map((middle) => Math.round((middle - UNIT / 2 + 1) * devicePixelRatio));
      if (board.data().dims === 1) drawCurve(context, plane, range, [image.width, image.width], devicePixelRatio, app.colors(), [left, top]);
      else {
        paintRamp(pixels, plane, ramp, ...range, unitPlaces);
        context.putImageData(image, left, top);
      }
    }));
  }

  function drawWires() {
    const { parameters, edges } = net();
    let largest = 0.5;
    for (const { at } of edgeLines) largest = Math.max(largest, Math.abs(parameters[at]));
    for (const { line, at } of edgeLines) {
      const w = parameters[at];
      change(line, "class", edges[at] ? (w < 0 ? "wire negative" : "wire positive") : "wire cut");
      change(line, "stroke-width", (0.5 + 4.5 * (Math.abs(w) / largest)).toFixed(1));
    }
  }

  /** @param {Element} line @param {string} name @param {string} value */
  const change = (line, name, value) => line.getAttribute(name) !== value && line.setAttribute(name, value);

  /** @param {string} text */
  const tell = (text) => (caption.textContent = text);

  /** @param {{ layer: number, unit: number } | null} chosen */
  function drawChosen(chosen) {
    units.forEach((column, c) => column.forEach((element, i) => element.classList.toggle("chosen", chosen !== null && chosen.layer === c - 1 && chosen.unit === i)));
    const isFlat = net().activations.some((names) => names.some((name) => FLAT.includes(name)));
    tell(isFlat ? "A step or sign unit has slope 0: nothing before it learns. Set its weights by hand, or choose another function." : "Blue and solid: positive weight. Orange and dashed: negative. Thick: large.");
  }

  new ResizeObserver(() => {
    const now = graph.parentElement?.clientWidth ?? 0;
    if (now && now !== room) resized();
  }).observe(element);
  return { element, rebuild, drawMaps, drawWires, drawChosen, tell };
}
