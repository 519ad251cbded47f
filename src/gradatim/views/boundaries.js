/**
 * Boundaries side by side: a small picture for every contender at every budget.
 *
 * Conventions: `model` has `height` of a picture that is 100 wide, `classes`, `points`, `budgets`,
 * `rows`, each {title, cells: [{regions, accuracy, says} or null]}, and `alone`, each {title, size,
 * cell}: contenders without a choice of size, which have a table of their own. Arrow keys move between
 * pictures; the one in focus is shown large.
 */

import { formatScore } from "./_scales.js";
import { html } from "./_dom.js";
import { pointMarks, regionPicture } from "./_regions.js";

/** @typedef {{ regions: string[], accuracy: number, says: string }} Cell */

/**
 * Return the place that an arrow key leads to, over empty cells; a shorter row ends at its last one.
 *
 * @param {boolean[][]} filled
 * @param {[number, number]} at
 * @param {string} key
 * @returns {[number, number]} the same place if there is none
 */
export function neighbor(filled, [row, column], key) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  if (!step) return [row, column];
  let [i, j] = [row + step[0], column + step[1]];
  while (i >= 0 && i < filled.length && j >= 0 && (step[0] || j < filled[i].length)) {
    const at = Math.min(j, filled[i].length - 1);
    if (filled[i][at]) return [i, at];
    [i, j] = [i + step[0], j + step[1]];
  }
  return [row, column];
}

/**
 * @param {{ model: { get(name: string): any }, el: HTMLElement }} context
 * @returns {() => void}
 */
function render({ model, el }) {
  const height = model.get("height");
  /** @type {[number, number, number][]} */
  const points = model.get("points");
  /** @type {{ title: string, cells: (Cell | null)[] }[]} */
  const rows = model.get("rows");
  /** @type {{ title: string, size: string, cell: Cell }[]} */
  const alone = model.get("alone");
  /** Pictures as they stand: one row per contender, then those without a choice of size in one.
   * @type {({ title: string, cell: Cell } | null)[][]} */
  const grid = rows.map(({ title, cells }) => cells.map((cell) => cell && { title, cell }));
  if (alone.length) grid.push(alone);
  const filled = grid.map((cells) => cells.map(Boolean));
  /** @type {HTMLButtonElement[][]} */
  const buttons = grid.map(() => []);
  const large = html("figure", { class: "large" });
  const tables = html("div", { class: "scroll" });
  if (rows.length) tables.append(byBudget());
  if (alone.length) tables.append(withoutBudget());
  el.classList.add("gradatim-view", "boundaries");
  el.replaceChildren(tables, large);
  const first = filled.findIndex((cells) => cells.some(Boolean));
  if (first >= 0) show(first, filled[first].findIndex(Boolean));
  return () => el.replaceChildren();

  function byBudget() {
    const head = html("tr", {}, html("td", {}));
    for (const budget of model.get("budgets")) head.append(html("th", { scope: "col" }, String(budget)));
    const body = html("tbody", {});
    rows.forEach(({ title }, i) => body.append(line(title, i)));
    const caption = html("caption", {}, "Parameters at most, by column.");
    return html("table", {}, caption, html("thead", {}, head), body);
  }

  function withoutBudget() {
    const head = html("tr", {}, html("td", {}));
    for (const { title, size } of alone) {
      head.append(html("th", { scope: "col" }, title, html("br", {}), size));
    }
    const caption = html("caption", {}, "Contenders without a choice of size.");
    const body = html("tbody", {}, line("any budget", rows.length));
    return html("table", { class: "alone" }, caption, html("thead", {}, head), body);
  }

  /** @param {string} title @param {number} i */
  function line(title, i) {
    const row = html("tr", {}, html("th", { scope: "row" }, title));
    grid[i].forEach((one, j) => row.append(html("td", {}, ...(one ? [button(one.title, one.cell, i, j)] : []))));
    return row;
  }

  /** @param {string} title @param {Cell} cell @param {number} i @param {number} j */
  function button(title, cell, i, j) {
    const label = `${title}: ${cell.says}, accuracy ${formatScore(cell.accuracy)}`;
    const picture = regionPicture({ height, regions: cell.regions, points: [], label, size: 2 });
    const made = html("button", { type: "button", tabindex: i || j ? -1 : 0, title: label }, picture);
    made.append(html("span", {}, formatScore(cell.accuracy)));
    made.addEventListener("focus", () => show(i, j));
    made.addEventListener("pointerenter", () => show(i, j));
    made.addEventListener("keydown", (event) => {
      const [a, b] = neighbor(filled, [i, j], event.key);
      if (a === i && b === j) return;
      event.preventDefault();
      buttons[a][b]?.focus();
    });
    buttons[i][j] = made;
    return made;
  }

  /** @param {number} i @param {number} j */
  function show(i, j) {
    const one = grid[i][j];
    if (!one) return;
    const { title, cell } = one;
    buttons.flat().forEach((one) => one.tabIndex = -1);
    buttons[i][j].tabIndex = 0;
    const label = `${title}: the boundary, with some of the first seed's scored points`;
    const picture = regionPicture({ height, regions: cell.regions, points, label, size: 0.9 });
    const said = html("figcaption", { "aria-live": "polite" });
    said.append(html("strong", {}, title), `, ${cell.says}: accuracy ${formatScore(cell.accuracy)}`);
    large.replaceChildren(picture, legend(), said);
  }

  function legend() {
    const items = model.get("classes").map((/** @type {string} */ name, /** @type {number} */ k) => {
      const mark = regionPicture({ height: 100, regions: [], points: [], label: "", size: 30 });
      mark.setAttribute("aria-hidden", "true");
      mark.replaceChildren(pointMarks([[50, 50, k]], 30));
      return html("li", {}, html("span", { class: "sign" }, mark), `class ${name}`);
    });
    return html("ul", { class: "legend" }, ...items);
  }
}

export default { render };
