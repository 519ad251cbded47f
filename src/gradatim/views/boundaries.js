/**
 * Boundaries side by side: a small picture for every contender at every budget.
 *
 * Conventions: `model` has `height` of a picture that is 100 wide, `classes`, `points`, `budgets` and
 * `rows`, each {title, cells: [{regions, accuracy, says} or null]}; a row of one cell does not depend
 * on the budget. Arrow keys move between pictures; the one in focus is shown
 * large.
 */

import { formatScore } from "./_scales.js";
import { html } from "./_dom.js";
import { pointMarks, regionPicture } from "./_regions.js";

/** @typedef {{ regions: string[], accuracy: number, says: string }} Cell */

/**
 * Return the place that an arrow key leads to, over empty cells.
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
  while (i >= 0 && i < filled.length && j >= 0 && j < Math.max(...filled.map((cells) => cells.length))) {
    if (filled[i][j]) return [i, j];
    if (step[0] && filled[i].some(Boolean) && filled[i].length === 1) return [i, 0];
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
  const filled = rows.map((row) => row.cells.map(Boolean));
  /** @type {HTMLButtonElement[][]} */
  const buttons = rows.map(() => []);
  const large = html("figure", { class: "large" });
  const head = html("tr", {}, html("td", {}));
  for (const budget of model.get("budgets")) head.append(html("th", { scope: "col" }, String(budget)));
  const body = html("tbody", {});
  rows.forEach((row, i) => {
    const line = html("tr", {}, html("th", { scope: "row" }, row.title));
    row.cells.forEach((cell, j) => {
      const place = html("td", {});
      if (cell) place.append(button(row.title, cell, i, j));
      line.append(place);
    });
    body.append(line);
  });
  const caption = "Parameters at most, by column. A row with one picture has no choice of size.";
  const table = html("table", {}, html("caption", {}, caption), html("thead", {}, head), body);
  el.classList.add("gradatim-view", "boundaries");
  el.replaceChildren(html("div", { class: "scroll" }, table), large);
  const first = rows.findIndex((row) => row.cells.some(Boolean));
  if (first >= 0) show(first, rows[first].cells.findIndex(Boolean));
  return () => el.replaceChildren();

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
    const cell = rows[i].cells[j];
    if (!cell) return;
    buttons.flat().forEach((one) => one.tabIndex = -1);
    buttons[i][j].tabIndex = 0;
    const label = `${rows[i].title}: the boundary, with some scored points`;
    const picture = regionPicture({ height, regions: cell.regions, points, label, size: 0.9 });
    const said = html("figcaption", { "aria-live": "polite" });
    said.append(html("strong", {}, rows[i].title), `, ${cell.says}: accuracy ${formatScore(cell.accuracy)}`);
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
