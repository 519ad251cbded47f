/**
 * The ladder: one row per rung, a dot with its 95 % interval on one axis.
 *
 * Conventions: `model` has `rungs` as in the JSON of a climb ({rung, input, mean, interval,
 * fold_scores, reference}), `winner` ({rung, input}), `margin`, `higher_is_better`, and `titles`
 * (rung to words). A reference stands beside the ladder: it is neither the best nor stopped on. The gray band holds scores within the margin of the best; the dashed line is the majority rung.
 */

import { formatNumber, formatScore, linearScale, ticks } from "./_scales.js";
import { drawToWidth, html, svg } from "./_dom.js";

/**
 * @typedef {object} Rung
 * @property {string} rung
 * @property {string} input
 * @property {number | null} mean null where it is undefined
 * @property {[number | null, number | null]} interval
 * @property {(number | null)[]} fold_scores
 * @property {boolean} [reference]
 * @property {{ mean: string, interval: string[], fold_scores: string[] }} [texts] the same as they
 *   are written elsewhere
 */

/**
 * Return the axis: all intervals, but not far below the reference, where hopeless rungs of a
 * regression can lie.
 *
 * @param {Rung[]} rungs
 * @param {boolean} [higherIsBetter]
 * @returns {[number, number]}
 */
export function axisDomain(rungs, higherIsBetter = true) {
  const means = rungs.map((rung) => rung.mean).filter((mean) => mean !== null);
  if (!means.length) return [0, 1];
  const floor = rungs.find((rung) => rung.rung === "majority")?.mean ?? Math.min(...means);
  const ends = rungs.flatMap((rung) => rung.interval).filter((end) => end !== null);
  const top = Math.max(...ends, ...means);
  const bottom = Math.min(...ends, ...means);
  const lowest = higherIsBetter ? floor - 0.5 * Math.max(top - floor, 0.1) : bottom;
  const pad = 0.04 * Math.max(top - Math.max(bottom, lowest), 0.02);
  return [Math.max(bottom, lowest) - pad, top + pad];
}

/**
 * Return the rung of the best mean.
 *
 * @param {Rung[]} rungs
 * @param {boolean} [higherIsBetter]
 * @returns {Rung}
 */
export function bestOf(rungs, higherIsBetter = true) {
  const value = (/** @type {Rung} */ rung) =>
    rung.mean === null ? -Infinity : higherIsBetter ? rung.mean : -rung.mean;
  return rungs.reduce((best, rung) => (value(rung) > value(best) ? rung : best));
}

/**
 * Return the scores of a rung as they are written.
 *
 * @param {Rung} rung
 * @returns {{ mean: string, interval: string[], fold_scores: string[] }}
 */
function textsOf(rung) {
  return rung.texts ?? {
    mean: formatScore(rung.mean),
    interval: rung.interval.map((end) => formatScore(end)),
    fold_scores: rung.fold_scores.map((score) => formatScore(score)),
  };
}

/**
 * Say a rung in words.
 *
 * @param {Rung} rung
 * @param {string} title
 * @returns {string}
 */
export function describeRung(rung, title) {
  const texts = textsOf(rung);
  const folds = texts.fold_scores.join(", ");
  const [low, high] = texts.interval;
  const name = rung.input ? `${title} on ${rung.input}` : title;
  return `${name}: ${texts.mean}, 95 % interval ${low} to ${high}. Folds: ${folds}.`;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {Rung[]} */
  const rungs = model.get("rungs");
  const titles = model.get("titles") ?? {};
  const winner = model.get("winner");
  const higherIsBetter = model.get("higher_is_better") ?? true;
  const climbed = rungs.filter((rung) => !rung.reference);
  const best = bestOf(climbed, higherIsBetter);
  const reference = rungs.find((rung) => rung.rung === "majority");
  const showInput = new Set(rungs.map((rung) => rung.input).filter(Boolean)).size > 1;
  const hint = "Point at a row, or move to it with the Tab key, to read its folds.";
  const readout = html("p", { class: "readout", "aria-live": "polite" }, hint);
  const frame = html("div", { class: "frame" });
  el.classList.add("gradatim-view", "ladder");
  el.replaceChildren(frame, legend(), readout);

  function legend() {
    const entries = [
      ["key-dot accent", "where to stop"],
      ["key-dot ring", "best mean"],
      ["key-band", `within ${model.get("margin_text") ?? formatNumber(model.get("margin"))} of the best`],
      ...(reference ? [["key-dash", titles.majority ?? "majority"]] : []),
    ];
    const items = entries.map(([key, words]) =>
      html("li", {}, html("span", { class: `key ${key}` }), words),
    );
    return html("ul", { class: "legend" }, ...items);
  }

  const stop = drawToWidth(frame, (width) => {
    const narrow = width < 620;
    const rowHeight = narrow ? 46 : 32;
    const left = narrow ? 10 : 230;
    const right = width - (narrow ? 10 : 150);
    const bottom = 10 + rowHeight * rungs.length;
    const domain = axisDomain(rungs, higherIsBetter);
    const x = linearScale(domain, [left, right]);
    const clamp = (/** @type {number} */ value) =>
      Math.min(Math.max(x(value), left), right);
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${bottom + 30}`,
      width: "100%",
      role: "group",
      "aria-label": "The ladder: scores of every rung with 95 % intervals",
    });

    const edge = (best.mean ?? 0) + (higherIsBetter ? -1 : 1) * model.get("margin");
    const band = [clamp(best.mean ?? 0), clamp(edge)];
    root.append(
      svg("rect", {
        class: "band",
        x: Math.min(...band),
        y: 6,
        width: Math.max(Math.abs(band[1] - band[0]), 1),
        height: bottom - 6,
      }),
    );
    for (const tick of ticks(...domain, narrow ? 4 : 7)) {
      if (tick < domain[0] || tick > domain[1]) continue;
      root.append(
        svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 6, y2: bottom }),
        svg(
          "text",
          { class: "muted", x: x(tick), y: bottom + 18, "text-anchor": "middle" },
          formatNumber(tick),
        ),
      );
    }
    if (reference && reference.mean !== null) {
      const at = clamp(reference.mean);
      // On a narrow page names and numbers lie above each dot, and the line passes below them.
      const pieces = narrow
        ? rungs.map((_, i) => [10 + i * rowHeight + 23, 10 + i * rowHeight + 41])
        : [[6, bottom]];
      for (const [y1, y2] of pieces) {
        root.append(svg("line", { class: "reference", x1: at, x2: at, y1, y2 }));
      }
    }
    rungs.forEach((rung, i) => root.append(row(rung, 10 + i * rowHeight)));
    frame.replaceChildren(root);

    /** @param {Rung} rung @param {number} top */
    function row(rung, top) {
      const title = titles[rung.rung] ?? rung.rung;
      const isWinner = rung.rung === winner.rung && rung.input === winner.input;
      const y = top + (narrow ? 32 : rowHeight / 2);
      const textY = narrow ? top + 16 : y + 4;
      const words = describeRung(rung, title);
      const tag = isWinner ? "stop here" : rung === best ? "best" : rung.reference ? "reference" : "";
      const group = svg(
        "g",
        {
          class: ["row", isWinner && "winner", rung === best && "best"].filter(Boolean).join(" "),
          tabindex: 0,
          role: "img",
          "aria-label": tag ? `${words} (${tag})` : words,
        },
        svg("rect", { class: "hit", x: 0, y: top, width, height: rowHeight, rx: 5 }),
        svg(
          "text",
          { x: 10, y: textY },
          title,
          ...(showInput && rung.input
            ? [svg("tspan", { class: "muted", dx: 6 }, rung.input)]
            : []),
        ),
        svg(
          "text",
          { class: "value", x: width - 10, y: textY, "text-anchor": "end" },
          ...(tag ? [svg("tspan", { class: "tag" }, tag)] : []),
          svg("tspan", { dx: tag ? 10 : 0 }, textsOf(rung).mean),
        ),
      );
      const [low, high] = rung.interval;
      if (low !== null && high !== null) {
        group.append(svg("line", { class: "interval", x1: clamp(low), x2: clamp(high), y1: y, y2: y }));
      }
      for (const score of rung.fold_scores) {
        if (score === null) continue;
        group.append(svg("circle", { class: "fold", cx: clamp(score), cy: y, r: 2.5 }));
      }
      if (rung.mean !== null) group.append(
        rung.mean < domain[0]
          ? svg("path", { class: "dot", d: `M${left} ${y}l8 -5v10z` })
          : svg("circle", { class: "dot", cx: x(rung.mean), cy: y, r: isWinner ? 6.5 : 5 }),
      );
      const show = () => (readout.textContent = words);
      group.addEventListener("pointerenter", show);
      group.addEventListener("focus", show);
      return group;
    }
  });
  return stop;
}

export default { render };
