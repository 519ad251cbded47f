/**
 * A race: mean accuracy, and share of seeds that solve it, against parameters.
 *
 * Conventions: `model` has `budgets`, `bar` (null if there is none: then nobody solves it and its
 * chart is left out), `n_seeds` and `contenders`, each {name, title, place, entries: [{n, shape,
 * accuracy, accuracy_interval, solved, solved_interval, n_solved}]}; `place` is that among all
 * contenders there are, and gives color and marker. The horizontal axis is logarithmic. A contender is told by color, marker and dashes; choosing one dims the others. In a
 * chart, arrows left and right walk along a contender, up and down from one to the next.
 */

import { extent, formatScore, linearScale, logScale, ticks } from "./_scales.js";
import { drawToWidth, html, svg } from "./_dom.js";

/**
 * @typedef {object} Entry
 * @property {number} n
 * @property {string} shape
 * @property {number} accuracy
 * @property {[number, number]} accuracy_interval
 * @property {number} solved
 * @property {[number, number]} solved_interval
 * @property {number | null} n_solved null without a bar
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} title
 * @property {number} place
 * @property {Entry[]} entries
 */

/** Markers of one size around a place, by their number. */
const MARKERS = [
  "M-4 0H4M0 -4V4",
  "M-3 -4L4 0L-3 4Z",
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
  "M-3 -3H3V3H-3Z",
  "M0 -4L4 3H-4Z",
  "M0 -4.5L4 0L0 4.5L-4 0Z",
  "M0 4L4 -3H-4Z",
  "M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5",
  "M0 -5L1.4 -1.4H5L2.2 1L3.2 4.5L0 2.4L-3.2 4.5L-2.2 1L-5 -1.4H-1.4Z",
  "M-2 -4H2L4 0L2 4H-2L-4 0Z",
];

/**
 * Return the range of the vertical axis: up to 1, and down to what the lowest whisker needs.
 *
 * @param {Entry[]} entries
 * @param {"accuracy" | "solved"} score
 * @returns {[number, number]}
 */
export function scoreRange(entries, score) {
  if (score === "solved") return [0, 1];
  const [low] = extent(entries.map((entry) => entry.accuracy_interval[0]));
  return [Math.max(0, Math.min(0.9, Math.floor(low * 10) / 10)), 1];
}

/**
 * Say what an entry is.
 *
 * @param {Contender} contender
 * @param {Entry} entry
 * @param {number} seeds
 * @returns {string}
 */
export function describe(contender, entry, seeds) {
  const [low, high] = entry.accuracy_interval;
  const accuracy = `accuracy ${formatScore(entry.accuracy)} (${formatScore(low)} to ${formatScore(high)})`;
  const size = `${Math.round(entry.n)} parameters (${entry.shape})`;
  const solved = entry.n_solved === null ? "" : `; solved by ${entry.n_solved} of ${seeds} seeds`;
  return `${contender.title}, ${size}: ${accuracy}${solved}`;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {Contender[]} */
  const contenders = model.get("contenders");
  const seeds = model.get("n_seeds");
  /** @type {number | null} */
  const bar = model.get("bar");
  let chosen = -1;
  const frame = html("div", { class: "frame panels" });
  const readout = html("p", { class: "readout", "aria-live": "polite" });
  const keys = contenders.map((contender, i) => key(contender, i));
  const legend = html("ul", { class: "legend", "aria-label": "Contenders" });
  for (const button of keys) legend.append(html("li", {}, button));
  el.classList.add("gradatim-view", "race");
  el.replaceChildren(legend, frame, readout);
  tell(-1);

  /** @param {Contender} contender @param {number} i */
  function key(contender, i) {
    const mark = svg("svg", { viewBox: "0 0 30 12", width: 30, height: 12, "aria-hidden": "true", class: `c${contender.place}` });
    mark.append(
      svg("path", { class: "line", d: "M0 6H30" }),
      svg("path", { class: "mark", d: MARKERS[contender.place], transform: "translate(15 6)" }),
    );
    const button = html("button", { type: "button", "aria-pressed": "false" }, mark, contender.title);
    button.addEventListener("click", () => choose(chosen === i ? -1 : i));
    return button;
  }

  /** @param {number} i */
  function choose(i) {
    chosen = i;
    keys.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
    for (const group of el.querySelectorAll(".contender")) {
      group.classList.toggle("dim", i >= 0 && group.getAttribute("data-i") !== String(i));
    }
    tell(i);
  }

  /** @param {number} i @param {number} [at] */
  function tell(i, at) {
    if (i < 0) {
      readout.textContent = "Choose a contender above, or walk through a chart with the arrow keys.";
      return;
    }
    const { entries } = contenders[i];
    const shown = at === undefined ? entries : [entries[at]];
    readout.textContent = shown.map((entry) => describe(contenders[i], entry, seeds)).join(". ");
  }

  return drawToWidth(frame, (width) => {
    const each = width < 620 ? width : (width - 24) / 2;
    const every = contenders.flatMap((contender) => contender.entries);
    const charts = [chart("accuracy", "Mean accuracy on scored rows", each, every)];
    if (bar !== null) charts.push(chart("solved", `Share of the ${seeds} seeds that solve it`, each, every));
    frame.replaceChildren(...charts);
    choose(chosen);
  });

  /**
   * @param {"accuracy" | "solved"} score
   * @param {string} title
   * @param {number} width
   * @param {Entry[]} every
   */
  function chart(score, title, width, every) {
    const [left, right, top, bottom, height] = [44, width - 12, 10, 250, 292];
    const [first, last] = extent(every.map((entry) => entry.n));
    const x = logScale([first / 1.15, last * 1.15], [left, right]);
    const domain = scoreRange(every, score);
    const y = linearScale(domain, [bottom, top]);
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      width: "100%",
      role: "img",
      tabindex: 0,
      "aria-label": `${title}, against parameters. Arrow keys walk through the contenders.`,
    });
    for (const tick of ticks(...domain, 5)) {
      root.append(
        svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
        svg("text", { class: "muted", x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, String(tick)),
      );
    }
    for (const budget of model.get("budgets")) {
      root.append(
        svg("text", { class: "muted", x: x(budget), y: bottom + 18, "text-anchor": "middle" }, String(budget)),
      );
    }
    const middle = (left + right) / 2;
    root.append(
      svg("text", { class: "muted", x: middle, y: height - 6, "text-anchor": "middle" }, "parameters"),
    );
    if (score === "accuracy" && bar !== null) {
      const at = y(bar);
      root.append(svg("line", { class: "reference", x1: left, x2: right, y1: at, y2: at }));
    }
    contenders.forEach((contender, i) => root.append(curve(contender, i, score, x, y)));
    const cursor = svg("circle", { class: "cursor", r: 8, visibility: "hidden" });
    root.append(cursor);
    walk(root, cursor, score, x, y);
    return html("figure", {}, html("h4", {}, title), root);
  }

  /**
   * @param {Contender} contender
   * @param {number} i
   * @param {"accuracy" | "solved"} score
   * @param {(value: number) => number} x
   * @param {(value: number) => number} y
   */
  function curve(contender, i, score, x, y) {
    const group = svg("g", { class: `contender c${contender.place}`, "data-i": i });
    // Shifted a little, so that no whisker hides another.
    const shift = 2.4 * (i - (contenders.length - 1) / 2);
    const places = contender.entries.map((entry) => [x(entry.n) + shift, y(entry[score])]);
    if (places.length > 1) {
      group.append(svg("path", { class: "line", d: `M${places.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}` }));
    }
    contender.entries.forEach((entry, k) => {
      const [low, high] = entry[`${score}_interval`];
      const [px, py] = places[k];
      const mark = svg("path", {
        class: "mark",
        d: MARKERS[contender.place],
        transform: `translate(${px.toFixed(1)} ${py.toFixed(1)})`,
      });
      mark.append(svg("title", {}, describe(contender, entry, seeds)));
      mark.addEventListener("pointerenter", () => tell(i, k));
      group.append(svg("line", { class: "whisker", x1: px, x2: px, y1: y(low), y2: y(high) }), mark);
    });
    return group;
  }

  /**
   * @param {SVGSVGElement} root
   * @param {SVGCircleElement} cursor
   * @param {"accuracy" | "solved"} score
   * @param {(value: number) => number} x
   * @param {(value: number) => number} y
   */
  function walk(root, cursor, score, x, y) {
    let [i, k] = [-1, 0];
    root.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!step) return;
      event.preventDefault();
      i = i < 0 ? 0 : Math.min(Math.max(i + step[0], 0), contenders.length - 1);
      const { entries } = contenders[i];
      k = Math.min(Math.max(k + step[1], 0), entries.length - 1);
      const shift = 2.4 * (i - (contenders.length - 1) / 2);
      cursor.setAttribute("visibility", "visible");
      cursor.setAttribute("cx", String(x(entries[k].n) + shift));
      cursor.setAttribute("cy", String(y(entries[k][score])));
      tell(i, k);
    });
    root.addEventListener("blur", () => cursor.setAttribute("visibility", "hidden"));
  }
}

export default { render };
