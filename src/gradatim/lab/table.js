/**
 * A table that a person drops onto the page: two columns of numbers and one of classes.
 *
 * Conventions: read with limits, as text only; what is left out is said. Numbers may have decimal commas
 * where cells are separated by something else. Columns are standardized and put on the page's grid.
 */

import { snap } from "./problems.js";
import { LIMITS } from "./state.js";

const MOST_CHARACTERS = 2_000_000;
const MOST_COLUMNS = 200;
/** Characters of a name that are shown. */
const LONGEST = 40;

/** @typedef {{ points: [number, number, number][], says: string, isCurve: boolean }} ReadTable */

/**
 * Cut a line into cells; a cell in double quotes may hold the separator.
 *
 * @param {string} line
 * @param {string} separator
 */
function cells(line, separator) {
  const found = [];
  let [cell, isQuoted] = ["", false];
  for (let k = 0; k < line.length; k++) {
    const c = line[k];
    if (c === '"' && isQuoted && line[k + 1] === '"') cell += line[++k];
    else if (c === '"') isQuoted = !isQuoted;
    else if (c === separator && !isQuoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += c;
  }
  found.push(cell.trim());
  return found;
}

/** @param {string} text @param {string} separator @returns {number} NaN for what is no number */
function toNumber(text, separator) {
  const plain = (separator === "," ? text : text.replace(",", ".")).replace("−", "-");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain) ? Number(plain) : NaN;
}

/** A name as it is shown: without what cannot be seen, and not too long. @param {string} name */
function visible(name) {
  const clean = name.replace(/[\p{C}\u2028\u2029]/gu, "�");
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

/**
 * Read a table: its first two columns of numbers are the coordinates, the last other column is the class.
 * Without a column of classes, the last column of numbers is a curve over the first.
 *
 * @param {string} text
 * @returns {ReadTable | { error: string }}
 */
export function readTable(text) {
  if (text.length > MOST_CHARACTERS) return { error: "The file is longer than 2 MB; take fewer rows." };
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/).filter((line) => line.trim());
  if (lines.length < 2) return { error: "The file has fewer than two rows." };
  const separator = [";", "\t", ","].find((one) => lines[0].includes(one) && lines[1].includes(one));
  if (!separator) return { error: "The rows have only one cell; separate cells by commas, semicolons or tabs." };
  const head = cells(lines[0], separator);
  const width = head.length;
  if (width > MOST_COLUMNS) return { error: `The table has more than ${MOST_COLUMNS} columns.` };
  const hasHead = head.every((cell) => Number.isNaN(toNumber(cell, separator)));
  const rows = lines.slice(hasHead ? 1 : 0).slice(0, LIMITS.points).map((line) => cells(line, separator)).filter((row) => row.length === width);
  const isNumeric = (/** @type {number} */ c) => rows.every((row) => Number.isFinite(toNumber(row[c], separator)));
  const columns = head.map((_, c) => c);
  const label = columns.findLast((c) => new Set(rows.map((row) => row[c])).size <= LIMITS.classes);
  const all = columns.filter((c) => c !== label && isNumeric(c));
  const numbers = label === undefined ? [...all.slice(0, 1), ...all.slice(1).slice(-1)] : all.slice(0, 2);
  if (label === undefined && all.length < 2) return { error: `No column has ${LIMITS.classes} classes or fewer, and a curve needs two columns of numbers.` };
  if (numbers.length < 2) return { error: "The table needs two columns of numbers beside the one of classes, without gaps." };
  return toPoints(rows, numbers, label, hasHead ? head : columns.map((c) => `column ${c + 1}`), separator, lines.length - (hasHead ? 1 : 0));
}

/**
 * @param {string[][]} rows
 * @param {number[]} numbers columns
 * @param {number | undefined} label column
 * @param {string[]} names
 * @param {string} separator
 * @param {number} nLines
 * @returns {ReadTable | { error: string }}
 */
function toPoints(rows, numbers, label, names, separator, nLines) {
  const isCurve = label === undefined;
  const classes = isCurve ? [] : [...new Set(rows.map((row) => row[label]))].sort();
  if (classes.length === 1) return { error: "All rows are of one class; there must be two to tell apart." };
  const axes = numbers.map((c) => {
    const values = rows.map((row) => toNumber(row[c], separator));
    const center = values.reduce((sum, value) => sum + value / values.length, 0);
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2 / values.length, 0)) || 1;
    return { name: visible(names[c]), values, center, spread };
  });
  /** @type {[number, number, number][]} */
  const points = rows.map((row, k) => {
    const [x, y] = axes.map(({ values, center, spread }) => snap((values[k] - center) / spread));
    return [x, y, isCurve ? 0 : classes.indexOf(row[label])];
  });
  const stands = axes.map(({ name, center, spread }, k) => `${isCurve && k ? "The network learns" : `x${"₁₂"[k]} stands for`} (${name} − ${Number(center.toPrecision(4))}) / ${Number(spread.toPrecision(4))}.`);
  const told = classes.map((name, k) => `class ${k} is ${visible(name)}`).join(", ");
  const left = nLines - rows.length;
  return { points, isCurve, says: `${stands.join(" ")}${isCurve ? "" : ` ${told[0].toUpperCase()}${told.slice(1)}.`}${left ? ` ${left} of ${nLines} rows were left out.` : ""}` };
}
