/**
 * The confusion matrix: rows are the true classes, columns what the model said.
 *
 * Conventions: `model` has `classes`, `counts` (one row per true class), `cells` ("i,j" to a list of
 * [item, times]), `ids` (item to name), `repeats`, `sounds` (item to a data: URI) and `unreadable`
 * (items whose sound could not be read). A sample counts once, as what most repeats said of it, so
 * counts add up to the samples; a cell may list fewer items than it counts. One cell is in the tab order; arrow keys move between
 * cells, Enter or a click lists a cell's items.
 */

import { formatNumber, plural } from "./_scales.js";
import { html, player } from "./_dom.js";

/**
 * Return the share of each row that falls into each cell; an empty row has shares 0.
 *
 * @param {number[][]} counts
 * @returns {number[][]}
 */
export function rowShares(counts) {
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total ? count / total : 0));
  });
}

/**
 * Return the off-diagonal cells with the largest counts.
 *
 * @param {number[][]} counts
 * @param {number} limit
 * @returns {{ i: number, j: number, count: number }[]} largest first
 */
export function mostConfused(counts, limit) {
  return counts
    .flatMap((row, i) => row.map((count, j) => ({ i, j, count })))
    .filter(({ i, j, count }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count || a.i - b.i || a.j - b.j)
    .slice(0, limit);
}

/**
 * Return the next cell that has items, in the direction of an arrow key.
 *
 * @param {number[][]} counts
 * @param {[number, number]} from
 * @param {string} key
 * @returns {[number, number]} `from` if there is none
 */
export function nextCell(counts, from, key) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const [di, dj] = steps[/** @type {keyof typeof steps} */ (key)] ?? [0, 0];
  if (!di && !dj) return from;
  for (let i = from[0] + di, j = from[1] + dj; counts[i]?.[j] !== undefined; i += di, j += dj) {
    if (counts[i][j]) return [i, j];
  }
  return from;
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  /** @type {string[]} */
  const classes = model.get("classes");
  /** @type {number[][]} */
  const counts = model.get("counts");
  /** @type {Record<string, string>} */
  const sounds = model.get("sounds") ?? {};
  const playable = Object.keys(sounds).length > 0;
  /** @type {Set<number>} */
  const unreadable = new Set(model.get("unreadable") ?? []);
  const shares = rowShares(counts);
  const panel = html("div", { class: "panel", "aria-live": "polite" });
  /** @type {Map<string, HTMLButtonElement>} */
  const buttons = new Map();
  let active = "";
  const many = classes.length > 16;
  // These columns fit on a narrow screen only without their numbers.
  const dense = classes.length > 13;
  el.classList.add("gradatim-view", "confusion", ...(many ? ["many"] : []), ...(dense ? ["dense"] : []));
  el.style.setProperty("--classes", `${classes.length}`);
  el.replaceChildren(html("div", { class: "scroll", tabindex: -1 }, table()), panel);
  const first = mostConfused(counts, 1)[0] ?? { i: 0, j: 0 };
  activate(first.i, first.j);
  overview();

  function table() {
    const heads = classes.map((name) => html("th", { scope: "col" }, html("span", {}, name)));
    const rows = classes.map((name, i) =>
      html("tr", {}, html("th", { scope: "row" }, name), ...classes.map((_, j) => cell(i, j))),
    );
    return html(
      "table",
      {},
      html(
        "caption",
        {},
        "Rows: the true class. Columns: what the model said.",
        ...(dense ? [html("span", { class: "narrow" }, " Touch a cell to read its number.")] : []),
      ),
      html("thead", {}, html("tr", {}, html("td", {}), ...heads)),
      html("tbody", {}, ...rows),
    );
  }

  /** @param {number} i @param {number} j */
  function cell(i, j) {
    const count = counts[i][j];
    if (!count) return html("td", { class: i === j ? "right" : "" });
    const verb = i === j ? "recognized" : `taken for ${classes[j]}`;
    const words = `${classes[i]} ${verb}: ${count}, ${percent(shares[i][j])} of its row`;
    const button = html("button", { type: "button", tabindex: -1, "aria-label": words, title: words }, `${count}`);
    button.addEventListener("click", () => select(i, j));
    button.addEventListener("focus", () => activate(i, j));
    button.addEventListener("keydown", (event) => {
      const [ni, nj] = nextCell(counts, [i, j], event.key);
      if (ni === i && nj === j) return;
      event.preventDefault();
      buttons.get(`${ni},${nj}`)?.focus();
    });
    buttons.set(`${i},${j}`, button);
    const td = html("td", { class: i === j ? "right" : "wrong" }, button);
    td.style.setProperty("--share", formatNumber(shares[i][j]));
    return td;
  }

  /** @param {number} i @param {number} j */
  function activate(i, j) {
    buttons.get(active)?.setAttribute("tabindex", "-1");
    active = `${i},${j}`;
    buttons.get(active)?.setAttribute("tabindex", "0");
  }

  function overview() {
    const pairs = mostConfused(counts, 6).map(({ i, j, count }) => {
      const button = html(
        "button",
        { type: "button", class: "pair" },
        html("span", {}, classes[i], html("i", {}, " taken for "), classes[j]),
        html("span", { class: "muted" }, `${count} · ${percent(shares[i][j])}`),
      );
      button.addEventListener("click", () => select(i, j));
      return html("li", {}, button);
    });
    panel.replaceChildren(
      html("h4", {}, pairs.length ? "Most often confused" : "Nothing was confused"),
      html("ul", { class: "pairs" }, ...pairs),
      html("p", { class: "muted screen" }, "Choose a pair, or a cell of the matrix, to see its samples."),
    );
  }

  /** @param {number} i @param {number} j */
  function select(i, j) {
    for (const button of buttons.values()) button.removeAttribute("aria-pressed");
    buttons.get(`${i},${j}`)?.setAttribute("aria-pressed", "true");
    activate(i, j);
    /** @type {[number, number][]} */
    const items = model.get("cells")[`${i},${j}`] ?? [];
    const total = counts[i][j];
    const back = html("button", { type: "button", class: "back" }, "All pairs");
    back.addEventListener("click", overview);
    const title = i === j ? `${classes[i]}, recognized` : `${classes[i]}, taken for ${classes[j]}`;
    const of = `${plural(total, "sample")}, ${percent(shares[i][j])} of ${classes[i]}`;
    panel.replaceChildren(
      html("div", { class: "heading" }, html("h4", {}, title), back),
      html("p", { class: "muted" }, of),
      html("ul", { class: "items" }, ...items.map(itemRow)),
    );
    if (total > items.length) {
      panel.append(html("p", { class: "muted" }, `and ${total - items.length} more`));
    }
    const missing = withoutSound(items);
    if (missing) panel.append(html("p", { class: "muted" }, missing));
  }

  /**
   * Say why some of the listed items cannot be played, on a page that plays others.
   *
   * @param {[number, number][]} items
   */
  function withoutSound(items) {
    if (!playable) return "";
    const n = items.filter(([item]) => !sounds[item] && !unreadable.has(item)).length;
    return n ? `${plural(n, "sample")} without a button: a page holds a few sounds only.` : "";
  }

  /** @param {[number, number]} entry */
  function itemRow([item, times]) {
    const name = model.get("ids")[item];
    const repeats = model.get("repeats");
    const row = html("li", {}, html("span", { class: "name", title: name }, name));
    if (repeats > 1) row.append(html("span", { class: "muted" }, `${times} of ${repeats} repeats`));
    const sound = sounds[item];
    if (sound) row.prepend(player(sound, name, el));
    else if (playable) row.prepend(html("span", { class: "silent" }));
    if (unreadable.has(item)) row.append(html("span", { class: "muted" }, "sound unreadable"));
    return row;
  }

  return () => el.replaceChildren();
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(share && share < 0.1 ? 1 : 0)} %`;
}

export default { render };
