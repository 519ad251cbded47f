/**
 * The controls that all parts of the page share: fields, sliders, choices, colors.
 *
 * Conventions: every control has a label that a screen reader says; `set` shows a value without telling
 * anyone that it changed.
 */

import { html } from "../views/_dom.js";

let counted = 0;
let dragging = 0;

/** Whether something is being dragged: scales then stay. */
export function isDragging() {
  return dragging > 0;
}

/** A fresh id. @param {string} name */
export function freshId(name) {
  return `${name}-${++counted}`;
}

/** Write a number for reading, with a true minus sign. @param {number} value @param {number} [decimals] */
export function shown(value, decimals = 2) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  const size = Math.abs(value);
  const text = size >= 1e5 || (size < 0.5 * 10 ** -decimals && size > 0) ? value.toExponential(1).replace("e-", "e−") : value.toFixed(decimals);
  return (!text.includes("e") && Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** Write a number with at most three decimals. @param {number} value */
export function brief(value) {
  const text = shown(value, 3);
  return text.includes("e") ? text : text.replace(/\.?0+$/, "");
}

/** Write a whole number with its thousands apart; the browser's own way loads a dictionary first. @param {number} value */
export function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A choice with its label.
 *
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {(value: string) => void} changed
 * @param {string} [className]
 */
export function choice(label, options, changed, className = "field") {
  const select = html("select", { "aria-label": label });
  for (const [value, text] of options) select.append(html("option", { value }, text));
  select.addEventListener("change", () => changed(select.value));
  const element = html("label", { class: className }, html("span", {}, label), select);
  return { element, select, set: (/** @type {string} */ value) => (select.value = value) };
}

/**
 * A number to type; what is no number is not taken, and the old one comes back.
 *
 * @param {string} label
 * @param {(value: number) => void} changed
 * @param {{ low?: number, high?: number, step?: number | "any" }} [limits]
 */
export function numberInput(label, changed, { low = -1e6, high = 1e6, step = "any" } = {}) {
  const input = html("input", { type: "number", "aria-label": label, min: low, max: high, step, inputmode: "decimal" });
  input.addEventListener("input", () => {
    const value = input.valueAsNumber;
    if (Number.isFinite(value) && value >= low && value <= high) changed(value);
  });
  return input;
}

/** Show a number in a field unless someone is typing there. @param {HTMLInputElement} input @param {number} value */
export function setNumber(input, value) {
  if (document.activeElement === input && input.valueAsNumber === value) return;
  const text = String(Number(value.toPrecision(5)));
  if (input.value !== text && !(document.activeElement === input && Number(input.value) === Number(text))) input.value = text;
}

/**
 * A slider and the number beside it.
 *
 * @param {import("./math.js").Label} label
 * @param {{ low: number, high: number, step: number }} range
 * @param {(value: number) => void} changed
 * @param {() => void} [begun] before the first change
 */
export function slider(label, { low, high, step }, changed, begun = () => {}) {
  const range = html("input", { type: "range", min: low, max: high, step, "aria-label": label.spoken });
  const number = numberInput(`${label.spoken}, as a number`, (value) => {
    begun();
    changed(value);
  });
  range.addEventListener("pointerdown", begun);
  range.addEventListener("keydown", begun);
  range.addEventListener("input", () => changed(range.valueAsNumber));
  const element = html("div", { class: "slider" }, html("span", { class: "symbol" }, ...label.nodes()), range, number);
  const set = (/** @type {number} */ value) => {
    range.value = String(value);
    setNumber(number, value);
  };
  return { element, set };
}

/**
 * A button.
 *
 * @param {string} text
 * @param {() => void} pressed
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(text, pressed, attributes = {}) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", pressed);
  return element;
}

/**
 * A row of choices of which one holds.
 *
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {(value: string) => void} changed
 */
export function segments(label, options, changed) {
  const name = freshId("segments");
  const element = html("div", { class: "segments", role: "radiogroup", "aria-label": label });
  /** @type {Map<string, HTMLInputElement>} */
  const inputs = new Map();
  for (const [value, text] of options) {
    const input = html("input", { type: "radio", name, value });
    input.addEventListener("change", () => changed(value));
    inputs.set(value, input);
    element.append(html("label", {}, input, html("span", {}, text)));
  }
  const set = (/** @type {string} */ value) => {
    for (const [key, input] of inputs) input.checked = key === value;
  };
  return { element, set };
}

/**
 * Read the colors that the style sheet gives, as red, green and blue.
 *
 * @param {HTMLElement} root
 */
export function readColors(root) {
  const names = ["--v-paper", "--v-ink", "--v-muted", "--v-rule", "--c2", "--c5", "--c7", "--c8", "--c3", "--c4"];
  const canvas = html("canvas", { width: names.length, height: 1 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  // All at once: each question would wait for the style of the whole page.
  const probes = names.map((name) => {
    const probe = html("span", { hidden: true });
    probe.style.color = `var(${name})`;
    return probe;
  });
  root.append(...probes);
  probes.forEach((probe, k) => {
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(k, 0, 1, 1);
  });
  probes.forEach((probe) => probe.remove());
  const { data } = context.getImageData(0, 0, names.length, 1);
  const [paper, ink, muted, rule, ...classes] = names.map((_, k) => [...data.slice(4 * k, 4 * k + 3)]);
  const [positive, negative, ...others] = classes;
  return { paper, ink, muted, rule, positive, negative, classes: [negative, positive, ...others] };
}

/** @param {number[]} color @param {number} [alpha] */
export function css([r, g, b], alpha = 1) {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

/** @typedef {ReturnType<typeof readColors>} Colors */

/**
 * Let a pointer drag something: positions are shares of the element, from its upper left corner.
 *
 * @param {Element} target
 * @param {Element} frame
 * @param {{ start?: (x: number, y: number) => boolean | void, move: (x: number, y: number) => void, end?: () => void }} handlers
 *   a start that returns false is no drag
 */
export function draggable(target, frame, { start = () => {}, move, end = () => {} }) {
  const place = (/** @type {PointerEvent} */ event) => {
    const box = frame.getBoundingClientRect();
    return /** @type {[number, number]} */ ([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  };
  target.addEventListener("pointerdown", (down) => {
    const event = /** @type {PointerEvent} */ (down);
    if (event.button !== 0 || start(...place(event)) === false) return;
    dragging++;
    event.preventDefault();
    event.stopPropagation();
    if (target instanceof HTMLElement || target instanceof SVGElement) target.focus({ preventScroll: true });
    const moved = (/** @type {PointerEvent} */ next) => move(...place(next));
    const stop = () => {
      window.removeEventListener("pointermove", moved);
      window.removeEventListener("pointerup", stop);
      window.removeEventListener("pointercancel", stop);
      dragging--;
      end();
    };
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", stop);
    window.addEventListener("pointercancel", stop);
  });
}
