/**
 * How training goes: loss and share of right answers in numbers, the loss as a curve, who is taken for whom.
 *
 * Conventions: points that are held out have a dashed line of their own. A curve of more than 600 places
 * loses every second one.
 */

import { html } from "../views/_dom.js";
import { button, css, shown } from "./controls.js";
import { clearCanvas } from "./marks.js";
import { engineLayers, makeTask } from "./model.js";

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 */
export function makeLossCard(app, board) {
  /** @type {{ epoch: number, train: number, held: number | null }[]} */
  let history = [];
  /** @type {any} */
  let report = null;
  const [ofTraining, ofHeld] = [makeFigure("training", "train"), makeFigure("held out", "held")];
  const figures = html("div", { class: "figures" }, ofTraining.element, ofHeld.element);
  const isLog = html("input", { type: "checkbox" });
  isLog.addEventListener("change", () => drawLoss());
  const lossPlot = html("canvas", { class: "loss", role: "img", "aria-label": "Loss by epoch" });
  const confusion = html("div", { class: "table-scroll" });
  const details = html("details", {}, html("summary", {}, "Which class is taken for which"), confusion);
  const element = html("section", { class: "card loss-card", "aria-labelledby": "loss-title" }, html("div", { class: "card-head" }, html("h2", { id: "loss-title" }, "Loss"), html("label", { class: "chip small" }, isLog, html("span", {}, "powers of ten"))), figures, lossPlot, details);

  /** Take down what the worker said. @param {any} message */
  function note(message) {
    report = message;
    const { epochs, train, held } = message;
    const last = history[history.length - 1];
    if (last && last.epoch === epochs) history.pop();
    history.push({ epoch: epochs, train: train.loss, held: held?.loss ?? null });
    if (history.length > 600) history = history.filter((_, k) => k % 2 === 0 || k === history.length - 1);
  }

  function clear() {
    history = [];
    report = null;
  }

  function draw() {
    drawFigures();
    drawLoss();
  }

  /** @param {string} title @param {string} kind */
  function makeFigure(title, kind) {
    const [loss, right] = [html("b"), html("span")];
    const element = html("div", { class: `figure ${kind}` }, html("span", { class: "key", "aria-hidden": "true" }), html("span", {}, title), loss, right);
    /** @param {any} found */
    const show = (found) => {
      loss.textContent = found ? (found.loss > 0 && found.loss < 0.0005 ? "< 0.001" : shown(found.loss, 3)) : "–";
      right.textContent = !found ? "" : found.accuracy === null ? `off by ${shown(found.off * board.data().yScale.spread, 3)}` : `${(100 * found.accuracy).toFixed(0)} % right`;
    };
    return { element, show };
  }

  function drawFigures() {
    ofTraining.show(report?.train);
    ofHeld.show(report?.held);
    ofHeld.element.hidden = !board.data().held.some(Boolean);
  }

  function drawLoss() {
    const { context, width, height, ratio } = clearCanvas(lossPlot);
    const { positive, negative, rule, muted } = app.colors();
    context.strokeStyle = css(rule);
    context.lineWidth = ratio;
    context.beginPath();
    context.moveTo(0, height - ratio / 2);
    context.lineTo(width, height - ratio / 2);
    context.stroke();
    if (history.length < 2) return;
    const top = Math.max(...history.flatMap(({ train, held: check }) => [train, check ?? 0]).filter(Number.isFinite), 1e-9);
    const values = history.flatMap(({ train, held: check }) => [train, check ?? train]).filter((value) => value > 0);
    const floor = Math.max(Math.min(...values, top), top * 1e-8);
    const height01 = (/** @type {number} */ value) => {
      if (!isLog.checked) return Math.min(value, top) / top;
      return Math.log(Math.max(value, floor) / floor) / (Math.log(top / floor) || 1);
    };
    const [first, last] = [history[0].epoch, history[history.length - 1].epoch];
    /** @param {"train" | "held"} key @param {number[]} color @param {number[]} dashes */
    const line = (key, color, dashes) => {
      context.strokeStyle = css(color);
      context.setLineDash(dashes.map((d) => d * ratio));
      context.lineWidth = 1.8 * ratio;
      context.beginPath();
      history.forEach((entry, k) => {
        const value = entry[key];
        if (value === null) return;
        const x = ((entry.epoch - first) / (last - first || 1)) * width;
        const y = height - height01(value) * (height - 14 * ratio) - ratio;
        if (k) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.stroke();
      context.setLineDash([]);
    };
    line("held", negative, [5, 3]);
    line("train", positive, []);
    context.fillStyle = css(muted);
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    context.fillText(shown(top, 3), 2 * ratio, 11 * ratio);
    if (isLog.checked) context.fillText(shown(floor, 3), 2 * ratio, height - 5 * ratio);
    lossPlot.setAttribute("aria-label", `Loss by epoch: ${shown(history[0].train, 3)} at first, ${shown(history[history.length - 1].train, 3)} after ${last} epochs`);
  }

  function drawConfusion() {
    const [data, { net }, { engine }] = [board.data(), app.state, app];
    const task = makeTask(net, data);
    details.hidden = task.isCurve;
    if (task.isCurve) return;
    const isHeld = task.heldLabels.length > 0;
    const [X, labels] = isHeld ? [task.heldX, task.heldLabels] : [task.X, task.labels];
    if (!labels.length) return;
    const room = engine.forward(engine.makeNetwork(engineLayers(net, task.nIn)), X);
    const a = room.a[room.a.length - 1];
    const k = data.nClasses;
    const rows = [...data.labels.keys()].filter((row) => (data.held[row] === 1) === isHeld);
    /** @type {number[][][]} */
    const cells = Array.from({ length: k }, () => Array.from({ length: k }, () => []));
    labels.forEach((label, row) => {
      const mine = [...a.subarray(row * task.nOut, (row + 1) * task.nOut)];
      cells[label][task.nOut === 1 ? (mine[0] >= task.threshold ? 1 : 0) : mine.indexOf(Math.max(...mine))].push(rows[row]);
    });
    const able = new Set(board.playable());
    /** A number of points, or a button that plays them. @param {number[]} mine @param {string} title */
    const content = (mine, title) => (mine.some((row) => able.has(row)) ? button(`${mine.length} ▶`, () => board.listen(title, mine), { "aria-label": `${mine.length}: hear ${title}` }) : String(mine.length));
    const head = html("tr", {}, html("th", { scope: "col" }, isHeld ? "held out" : "training"), ...data.classes.slice(0, k).map((name) => html("th", { scope: "col" }, `as ${name}`)));
    const body = data.classes.slice(0, k).map((name, i) => html("tr", {}, html("th", { scope: "row" }, name), ...cells[i].map((mine, j) => html("td", { class: i === j ? "right" : mine.length ? "wrong" : "" }, content(mine, i === j ? `${name}, recognized` : `${name} taken for ${data.classes[j]}`)))));
    confusion.replaceChildren(html("table", { class: "confusion-table" }, html("thead", {}, head), html("tbody", {}, ...body)));
  }

  return { element, note, clear, draw, drawConfusion };
}
