/**
 * Which rows of the server's collection are the page's points, and files that it shall read instead.
 *
 * Conventions: the page's table is changed in place, so that every view has the new one; what could be
 * undone does not fit it any more.
 */

import { html } from "../views/_dom.js";
import { button, choice, grouped } from "./controls.js";
import { AskError } from "./protocol.js";

const MOST_FILES = 2000;
const SENT_AT_ONCE = 4;

/** @param {import("./lab.js").App} app @param {import("./served.js").Desk} desk */
export function makeRowsCard(app, desk) {
  let [seed, drawnFor, nAsked] = [0, "", 0];
  const says = html("p", { class: "about" });
  const status = html("p", { class: "hint", role: "status" });
  const inputs = choice("features", [], () => {
    fillColumns();
    show();
  });
  const columns = [1, 2].map((k) => choice(`x${"₁₂"[k - 1]}`, [], show));
  const target = html("input", { type: "text", "aria-label": "Column to learn", maxlength: 200, autocomplete: "off" });
  const files = html("input", { type: "file", multiple: true, "aria-label": "Sounds or a table of your own" });
  const folder = html("input", { type: "file", webkitdirectory: true, "aria-label": "A folder of sounds of your own" });
  for (const input of [files, folder]) {
    input.addEventListener("change", () => {
      take([...(input.files ?? [])].map((file) => [file.webkitRelativePath || file.name, file]));
      input.value = "";
    });
  }
  const reading = desk.makeJob("Read these files", () => ({ ask: "read", target: target.value.trim() }), (result) => {
    desk.learn(result.about);
    status.textContent = result.notices.join(" ");
    show();
  });
  reading.element.hidden = true;
  const element = html("section", { class: "card", "aria-labelledby": "rows-title" },
    html("h2", { id: "rows-title" }, "Rows"), says,
    html("div", { class: "row" }, inputs.element, ...columns.map((one) => one.element), button("Other rows", () => {
      seed++;
      show();
    })), status,
    html("h3", {}, "Files of your own"),
    html("p", { class: "hint" }, "Sounds in folders named after their classes, or one table (CSV) and the column to learn. They are read on the server and forgotten when it ends. Drop them here, or choose:"),
    html("div", { class: "row" }, html("label", { class: "file" }, html("span", {}, "a folder"), folder), html("label", { class: "file" }, html("span", {}, "files"), files)),
    html("label", { class: "field" }, html("span", {}, "column to learn, of a table"), target), reading.element);
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    take((await Promise.all(entries.map((entry) => filesBelow(entry)))).flat());
  });

  /** @param {[string, File][]} found names below the folder, and files */
  async function take(found) {
    if (!found.length) return;
    if (found.length > MOST_FILES) {
      status.textContent = `${grouped(MOST_FILES)} files are the most; drop fewer.`;
      return;
    }
    let sent = 0;
    /** @type {string[]} */
    const refused = [];
    const waiting = found.filter(([name]) => !name.split("/").some((part) => part.startsWith(".")));
    const one = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        try {
          await desk.client.send(belowTop(next[0]), next[1]);
          sent++;
        } catch (error) {
          if (!(error instanceof AskError)) throw error;
          refused.push(error.message);
        }
        status.textContent = `${sent} of ${found.length} files sent.`;
      }
    };
    await Promise.all(Array.from({ length: SENT_AT_ONCE }, one));
    status.textContent = `${sent} ${sent === 1 ? "file" : "files"} sent.${refused.length ? ` ${refused.length} not: ${refused[0]}` : ""}`;
    reading.element.hidden = sent === 0;
    const isTable = found.some(([name]) => /\.[ct]sv$/i.test(name));
    if (sent && (!isTable || target.value.trim())) await reading.run();
    else if (sent) target.focus();
  }

  // A number is learnt over one column.
  const isCurve = () => !desk.about().classes.length;

  function fillColumns() {
    const input = desk.about().inputs.find((/** @type {any} */ one) => one.name === inputs.select.value) ?? { columns: [], n_columns: 0 };
    columns.forEach(({ select }, k) => {
      const all = input.n_columns > 2 || k ? [["", k ? "–" : isCurve() ? "the most correlated" : `all ${input.n_columns}, projected`]] : [];
      select.replaceChildren(...[...all, ...input.columns.map((/** @type {string} */ name) => [name, name])].map(([value, text]) => html("option", { value }, text)));
    });
    columns[1].element.hidden = isCurve();
    if (input.n_columns === 2 && !isCurve()) columns[1].select.value = input.columns[1];
  }

  async function show() {
    const [first, second] = columns.map(({ select }) => select.value);
    columns[1].select.disabled = !first;
    status.textContent = "";
    const number = ++nAsked;
    try {
      const { names, X, labels, classes, note, targets } = await desk.client.ask({ ask: "rows", input: inputs.select.value, columns: first ? [...new Set([first, second])].filter(Boolean) : [], seed });
      // Something else was chosen meanwhile.
      if (number !== nAsked) return;
      desk.network.restructure(() => {
        Object.assign(app.lesson.table, { names, X, labels, classes, note, targets, sounds: {} });
        app.state.data.source = "lesson";
      }, true);
      app.forget();
      const option = document.querySelector('option[value="lesson"]');
      if (option) option.textContent = desk.about().title;
      status.textContent = `${note} The points of “A network” are these now.`;
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      status.textContent = error.message;
    }
  }

  function draw() {
    const about = desk.about();
    const key = JSON.stringify(about);
    if (key === drawnFor || !about.inputs.length) return;
    drawnFor = key;
    says.textContent = `${about.title}: ${grouped(about.n_rows)} rows, ${isCurve() ? "with a number to learn. A page shows up to 2,000 of them over one column" : `${about.classes.length} classes. A page shows up to 2,000 of them, of the 6 largest classes`}; the server has all.`;
    inputs.select.replaceChildren(...about.inputs.map((/** @type {any} */ one) => html("option", { value: one.name }, `${one.name} (${one.n_columns})`)));
    inputs.select.value = fewest(about.inputs);
    fillColumns();
    columns[1].select.disabled = !columns[0].select.value;
  }
  return { element, draw };
}

/** The input with the fewest columns, which the page shows first. @param {any[]} inputs */
export function fewest(inputs) {
  return inputs.reduce((best, one) => (one.n_columns < best.n_columns ? one : best), inputs[0])?.name ?? "";
}

/** A path without its topmost folder, which is the one that was dropped. @param {string} path */
function belowTop(path) {
  const parts = path.split("/");
  return (parts.length > 2 ? parts.slice(1) : parts).join("/");
}

/**
 * All files below what was dropped, with their paths.
 *
 * @param {any} entry
 * @returns {Promise<[string, File][]>}
 */
async function filesBelow(entry) {
  if (entry.isFile) {
    return [[entry.fullPath.slice(1), await new Promise((resolve, reject) => entry.file(resolve, reject))]];
  }
  const reader = entry.createReader();
  /** @type {[string, File][]} */
  const found = [];
  for (;;) {
    /** @type {any[]} */
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length || found.length > MOST_FILES) return found;
    for (const one of batch) found.push(...(await filesBelow(one)));
  }
}
