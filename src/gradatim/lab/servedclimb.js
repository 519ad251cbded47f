/**
 * The climb on the server's collection with its progress, and the wall of many networks at once.
 *
 * Conventions: scores are the server's own words, each with its interval. A network of the wall opens in
 * “A network” with the weights that it has.
 */

import { html } from "../views/_dom.js";
import { choice, grouped } from "./controls.js";
import { outputActivations } from "./model.js";

/** @param {import("./lab.js").App} _app @param {import("./served.js").Desk} desk */
export function makeClimbCard(_app, desk) {
  const says = html("p", { class: "about" });
  const found = html("div", { class: "climb-found", hidden: true });
  const job = desk.makeJob("Climb", () => ({ ask: "climb" }), ({ headline, explanation, metric, rungs }) => {
    const rows = rungs.map((/** @type {any} */ one) => html("tr", {}, html("th", { scope: "row" }, one.title), html("td", {}, one.score), html("td", {}, one.interval), html("td", { class: "muted" }, one.setting)));
    found.replaceChildren(html("p", {}, html("b", {}, headline)), html("p", { class: "about" }, explanation),
      html("div", { class: "table-scroll" }, html("table", {}, html("thead", {}, html("tr", {}, ...["model", metric, "interval", "chosen"].map((text) => html("th", { scope: "col" }, text)))), html("tbody", {}, ...rows))));
    found.hidden = false;
  });
  const element = html("section", { class: "card", "aria-labelledby": "climb-title" }, html("h2", { id: "climb-title" }, "Climb"), says, job.element, found);

  function draw() {
    const { title, n_rows: n } = desk.about();
    says.textContent = `From guessing to deep networks, on all ${grouped(n)} rows of ${title}: every model is scored on rows that it has not seen, and the simplest one is named that may be as good as the best.`;
  }
  return { element, draw };
}

/** @param {import("./lab.js").App} app @param {import("./served.js").Desk} desk */
export function makeWallCard(app, desk) {
  const seeds = choice("seeds", [["8", "8 (64 networks)"], ["16", "16 (128)"], ["32", "32 (256)"]], () => {});
  const functions = choice("function", [["tanh", "tanh"], ["relu", "ReLU"], ["logistic", "sigmoid"]], () => {});
  const wall = html("div", { class: "wall-rows", hidden: true });
  const caption = html("p", { class: "hint", role: "status" });
  const job = desk.makeJob("Train them all", message, ({ nets, seconds }) => {
    show(nets);
    caption.textContent = `${nets.length} networks in ${seconds.toFixed(1)} s. Dark is right more often${nets[0]?.held_accuracy === null ? "" : ", on the held out points"}. Click one to open it.`;
  });
  const element = html("section", { class: "card", "aria-labelledby": "many-title" },
    html("h2", { id: "many-title" }, "Hundreds of networks"),
    html("p", { class: "about" }, "Eight shapes, each from many seeds, trained at once on the points of “A network”. How much is the shape, and how much is luck?"),
    html("div", { class: "row" }, seeds.element, functions.element), job.element, wall, caption);

  function message() {
    const { X, labels, held, dims } = desk.classPoints();
    return { ask: "wall", X: [...X], labels: [...labels], held: [...held], dims, seeds: Number(seeds.select.value), activation: functions.select.value };
  }

  /** @param {any[]} nets */
  function show(nets) {
    const shapes = [...new Set(nets.map((net) => net.hidden.join(" · ")))];
    wall.replaceChildren(...shapes.map((shape) => {
      const mine = nets.filter((net) => net.hidden.join(" · ") === shape);
      const shares = mine.map((net) => net.held_accuracy ?? net.train_accuracy).sort((a, b) => a - b);
      const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(0)} %`;
      const cells = mine.map((net) => {
        const share = net.held_accuracy ?? net.train_accuracy;
        const cell = html("button", { type: "button", class: "wall-net", "aria-label": `${shape}, seed ${net.seed}: ${percent(share)}`, title: `seed ${net.seed}: ${percent(share)}` });
        cell.style.opacity = String(0.08 + 0.92 * Math.max(0, 2 * share - 1));
        cell.addEventListener("click", () => openNet(net));
        return html("span", { class: "wall-cell" }, cell);
      });
      return html("div", { class: "wall-row" }, html("span", { class: "wall-shape" }, shape), html("span", { class: "wall-nets" }, ...cells), html("span", { class: "muted" }, `${percent(shares[0])} to ${percent(shares[shares.length - 1])}`));
    }));
    wall.hidden = false;
  }

  /** @param {any} net */
  function openNet(net) {
    app.remember();
    const data = desk.network.data();
    const output = outputActivations(data.nClasses);
    const activations = [...net.hidden.map((/** @type {number} */ n) => Array(n).fill(functions.select.value)), output];
    const parameters = Float64Array.from(net.parameters);
    Object.assign(app.state.net, { inputs: data.dims === 1 ? 1 : 3, activations, parameters, edges: new Uint8Array(parameters.length).fill(1), epochs: 0 });
    desk.network.reset();
    document.getElementById("tab-network")?.click();
  }
  return { element, draw: () => {} };
}
