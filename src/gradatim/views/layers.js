/**
 * A network layer by layer: the collection as each layer holds it, and units with the sounds that
 * excite them most and least.
 *
 * Conventions: `model` has `layers`, each {name, n_units, points, explained, units}; `points` are
 * places in [-1, 1] of the samples `rows`, `labels` their classes, numbers into `classes`, or
 * `values` from 0 to 1 where classes are none; `ids` and `sounds` (data: addresses) by sample. A
 * class chosen in the legend is picked out in every layer; so is the sample that is pointed at.
 */

import { extent, formatNumber, linearScale } from "./_scales.js";
import { drawToWidth, html, player, svg } from "./_dom.js";

/** Classes with a color of their own; those after them have the same colors and other shapes. */
const COLORS = 10;

/**
 * Return the path of a mark: a disc, a square, a triangle, then again.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} shape
 * @param {number} [r]
 * @returns {string}
 */
export function markPath(x, y, shape, r = 3.4) {
  const at = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    `${(x + dx * r).toFixed(1)} ${(y + dy * r).toFixed(1)}`;
  if (shape % 3 === 1) return `M${at(-0.85, -0.85)}L${at(0.85, -0.85)}L${at(0.85, 0.85)}L${at(-0.85, 0.85)}Z`;
  if (shape % 3 === 2) return `M${at(0, -1.15)}L${at(1.05, 0.8)}L${at(-1.05, 0.8)}Z`;
  return `M${at(-1, 0)}A${r} ${r} 0 1 0 ${at(1, 0)}A${r} ${r} 0 1 0 ${at(-1, 0)}Z`;
}

/**
 * Return the sample nearest to a place, as a number in the list; -1 if none is within reach.
 *
 * @param {[number, number][]} places
 * @param {[number, number]} at
 * @param {number} reach
 * @returns {number}
 */
export function nearestWithin(places, [x, y], reach) {
  let found = -1;
  let least = reach ** 2;
  places.forEach(([px, py], i) => {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [found, least] = [i, distance];
  });
  return found;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  const [layers, rows, ids] = [model.get("layers"), model.get("rows"), model.get("ids")];
  const [labels, values] = [model.get("labels"), model.get("values")];
  /** @type {string[]} */
  const classes = model.get("classes");
  /** @type {Record<string, string>} */
  const sounds = model.get("sounds");
  /** @type {((row: number) => void)[]} */
  const pointing = [];
  /** @type {(() => void)[]} */
  const stops = [];
  /** @type {{ path: SVGElement, label: number }[]} */
  const marks = [];
  const chosen = new Set();
  el.classList.add("gradatim-view", "layers");
  const heard = html("audio", { preload: "none" });
  const maps = layers.map((/** @type {any} */ layer) => mapOf(layer));
  const detailed = layers.filter((/** @type {any} */ layer) => layer.units.length);
  el.replaceChildren(legend(), heard, html("div", { class: "maps" }, ...maps), ...detailed.map(unitsOf));

  function legend() {
    if (!classes.length) {
      const words = values ? "from low (orange) to high (blue)" : "one dot per sample";
      return html("p", { class: "muted" }, words);
    }
    const items = classes.map((name, k) => {
      const sign = svg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" });
      sign.append(svg("path", { class: `mark c${k % COLORS}`, d: markPath(7, 7, Math.floor(k / COLORS), 5) }));
      const button = html("button", { type: "button", "aria-pressed": "false" }, sign, name);
      button.addEventListener("click", () => {
        if (!chosen.delete(k)) chosen.add(k);
        button.setAttribute("aria-pressed", String(chosen.has(k)));
        for (const mark of marks) {
          const dim = chosen.size > 0 && !chosen.has(mark.label);
          mark.path.classList[dim ? "add" : "remove"]("dim");
        }
      });
      return html("li", {}, button);
    });
    return html("ul", { class: "legend" }, ...items);
  }

  /** @param {any} layer */
  function mapOf(layer) {
    const frame = html("div", { class: "map" });
    const readout = html("figcaption", { "aria-live": "polite" }, layer.explained);
    stops.push(drawToWidth(frame, (width) => frame.replaceChildren(draw(layer, width, readout))));
    return html("figure", {}, title(layer), frame, readout);
  }

  /** @param {any} layer */
  function title(layer) {
    return html("h4", {}, layer.name, html("span", { class: "muted" }, ` ${layer.n_units}`));
  }

  /** @param {any} layer */
  function unitsOf(layer) {
    const cards = layer.units.map((/** @type {any} */ unit) => card(unit));
    return html("section", { class: "of-layer" }, title(layer), html("div", { class: "units" }, ...cards));
  }

  /** @param {any} layer @param {number} width @param {HTMLElement} readout */
  function draw(layer, width, readout) {
    const height = Math.min(width * 0.78, 300);
    const x = linearScale([-1.05, 1.05], [8, width - 8]);
    const y = linearScale([-1.05, 1.05], [height - 8, 8]);
    const places = layer.points.map((/** @type {[number, number]} */ [a, b]) => [x(a), y(b)]);
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      width: "100%",
      role: "img",
      tabindex: 0,
      "aria-label": `${layer.name}: ${rows.length} samples in two dimensions. Arrow keys walk through them, Enter plays one.`,
    });
    root.append(svg("rect", { class: "ground", x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6 }));
    places.forEach((/** @type {[number, number]} */ [px, py], /** @type {number} */ i) => {
      const label = labels ? labels[i] : -1;
      const kind = label >= 0 ? `c${label % COLORS}` : "plain";
      const path = svg("path", {
        class: `mark ${kind}`,
        d: markPath(px, py, label >= 0 ? Math.floor(label / COLORS) : 0),
        style: values ? `--share: ${Math.round(100 * values[i])}%` : null,
      });
      marks.push({ path, label });
      root.append(path);
    });
    const ring = svg("circle", { class: "ring", r: 7, visibility: "hidden" });
    root.append(ring);
    /** @param {number} i */
    const point = (i) => {
      ring.setAttribute("visibility", i < 0 ? "hidden" : "visible");
      if (i < 0) {
        readout.textContent = layer.explained;
        return;
      }
      ring.setAttribute("cx", String(places[i][0]));
      ring.setAttribute("cy", String(places[i][1]));
      readout.textContent = [ids[rows[i]], ...(labels ? [classes[labels[i]]] : [])].join(" · ");
    };
    pointing.push(point);
    let at = -1;
    const toAll = (/** @type {number} */ i) => {
      at = i;
      for (const one of pointing) one(i);
    };
    root.addEventListener("pointermove", (event) => {
      const box = root.getBoundingClientRect();
      const scale = width / box.width;
      const place = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
      toAll(nearestWithin(places, /** @type {[number, number]} */ (place), 16));
    });
    root.addEventListener("pointerleave", () => toAll(-1));
    root.addEventListener("click", () => play(at));
    root.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter") play(at);
      if (!step) return;
      event.preventDefault();
      toAll(Math.min(Math.max(at + step, 0), rows.length - 1));
    });
    return root;
  }

  /** @param {number} i */
  function play(i) {
    const sound = i < 0 ? undefined : sounds[rows[i]];
    if (!sound) return;
    for (const other of el.querySelectorAll("audio")) other.pause();
    heard.setAttribute("src", sound);
    heard.play().catch(() => {});
  }

  /** @param {any} unit */
  function card(unit) {
    const list = (/** @type {string} */ title, /** @type {[number, number][]} */ samples) =>
      html(
        "div",
        { class: "samples" },
        html("h6", {}, title),
        html("ul", {}, ...samples.map(([row, value]) => sample(row, value))),
      );
    const parts = [html("h5", {}, unit.title)];
    if (unit.says) parts.push(html("p", { class: "muted" }, unit.says));
    parts.push(list("excite it most", unit.most), list("least", unit.least));
    const pictures = [
      ...unit.responses.map((/** @type {any} */ one) => response(one)),
      ...[unit.weights, unit.optimized].filter(Boolean).map((one) => inputView(one, unit)),
    ];
    if (pictures.length) parts.push(html("div", { class: "pictures" }, ...pictures));
    if (unit.follows) parts.push(html("p", { class: "muted" }, unit.follows));
    return html("article", { class: "unit" }, ...parts);
  }

  /** @param {number} row @param {number} value */
  function sample(row, value) {
    const name = ids[row];
    const item = html(
      "li",
      {},
      html("span", { class: "name", title: name }, name),
      html("span", { class: "muted" }, formatNumber(value, 2)),
    );
    const sound = sounds[row];
    if (sound) item.prepend(player(sound, name, el));
    return item;
  }

  /** @param {any} one @param {any} unit */
  function inputView(one, unit) {
    const heading = html("h6", {}, one.title);
    if (one.patch) {
      heading.append(`, ${one.says}`);
      return html("figure", { class: "wide" }, heading, patchOf(one.patch, one.says));
    }
    if (one.inputs) {
      const items = one.inputs.map((/** @type {[string, number]} */ [name, value]) =>
        html("li", {}, html("span", { class: "name", title: name }, name), html("span", { class: "muted" }, formatNumber(value, 2))),
      );
      return html("figure", { class: "wide" }, heading, html("ul", { class: "inputs" }, ...items));
    }
    const figure = html("figure", {}, heading, waveOf(one.wave), spectrumOf(one.spectrum));
    if (one.title !== "its weights" && unit.sound) {
      heading.prepend(player(unit.sound, `the sound that excites ${unit.title} most`, el));
    }
    return figure;
  }

  return () => {
    for (const stop of stops) stop();
    el.replaceChildren();
  };
}

/**
 * @param {{ title: string, x: number[], y: (number | null)[] }} one
 * @returns {HTMLElement}
 */
function response(one) {
  const [low, high] = extent(one.y);
  const x = linearScale([0, Math.max(1, one.x.length - 1)], [4, 146]);
  const y = linearScale([low, high > low ? high : low + 1], [44, 6]);
  const d = one.y.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value ?? low).toFixed(1)}`).join("");
  const ends = [one.x[0], one.x[one.x.length - 1]].map((value) => formatNumber(value));
  const said = `${one.title} ${ends[0]} to ${ends[1]}: ${formatNumber(low, 2)} to ${formatNumber(high, 2)}`;
  const root = svg("svg", { viewBox: "0 0 150 62", width: "100%", role: "img", "aria-label": said });
  root.append(
    svg("path", { class: "line", d }),
    svg("text", { class: "muted", x: 4, y: 59 }, ends[0]),
    svg("text", { class: "muted", x: 146, y: 59, "text-anchor": "end" }, ends[1]),
  );
  return html("figure", {}, html("h6", {}, `by ${one.title}`), root);
}

/** @param {number[]} wave */
function waveOf(wave) {
  const x = linearScale([0, wave.length - 1], [2, 148]);
  const y = linearScale([-1, 1], [34, 2]);
  const d = wave.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const root = svg("svg", { viewBox: "0 0 150 36", width: "100%", role: "img", "aria-label": "one cycle of the wave" });
  root.append(
    svg("line", { class: "grid", x1: 2, x2: 148, y1: y(0), y2: y(0) }),
    svg("path", { class: "line", d }),
  );
  return root;
}

/**
 * Draw a filter of a spectrogram: time from left to right, frequency upwards; blue for weights above 0.
 *
 * @param {number[][]} patch from -100 to 100, band by band, the lowest first
 * @param {string} says
 */
function patchOf(patch, says) {
  const root = svg("svg", { viewBox: "0 0 300 70", width: "100%", role: "img", "aria-label": `filter of ${says}` });
  const [height, width] = [68 / Math.max(patch.length, 4), 298 / patch[0].length];
  patch.forEach((band, k) => {
    band.forEach((level, frame) => {
      root.append(
        svg("rect", {
          class: level < 0 ? "below" : "above",
          x: (1 + frame * width).toFixed(2),
          y: (69 - (k + 1) * height).toFixed(2),
          width: (width + 0.05).toFixed(2),
          height: (height + 0.05).toFixed(2),
          "fill-opacity": Math.abs(level) / 100,
        }),
      );
    });
  });
  return root;
}

/** @param {number[]} spectrum dB below the strongest harmonic, down to -60 */
function spectrumOf(spectrum) {
  const x = linearScale([0, spectrum.length], [2, 148]);
  const y = linearScale([-60, 0], [30, 2]);
  const strongest = spectrum.indexOf(Math.max(...spectrum)) + 1;
  const root = svg("svg", {
    viewBox: "0 0 150 44",
    width: "100%",
    role: "img",
    "aria-label": `harmonics 1 to ${spectrum.length}; the strongest is ${strongest}`,
  });
  spectrum.forEach((level, k) => {
    root.append(svg("line", { class: "bar", x1: x(k + 0.5), x2: x(k + 0.5), y1: 30, y2: y(level) }));
  });
  root.append(
    svg("text", { class: "muted", x: 2, y: 42 }, "1"),
    svg("text", { class: "muted", x: 148, y: 42, "text-anchor": "end" }, `harmonic ${spectrum.length}`),
  );
  return root;
}

export default { render };
