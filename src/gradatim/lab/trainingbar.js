/**
 * The bar above a network: train, step, begin again, and the recipe of training.
 *
 * Conventions: what it changes is the recipe of the state; a change of the first weights begins again.
 */

import { html } from "../views/_dom.js";
import { button, choice, grouped, numberInput, setNumber } from "./controls.js";
import { OPTIMIZER_NAMES, START_NAMES } from "./state.js";

/** @type {Record<string, string>} */
const STARTS = { glorot: "Glorot", he: "He", variance: "keeps variance", zeros: "all zero" };
/** @type {Record<string, string>} */
const OPTIMIZERS = { sgd: "gradient descent", adam: "Adam", adamw: "AdamW" };

/**
 * @param {import("./lab.js").App} app
 * @param {import("./network.js").Board} board
 */
export function makeTrainingBar(app, { toggle, advance, restart, changeRecipe }) {
  const recipe = () => app.state.recipe;
  const play = button("Train", toggle, { class: "primary" });
  const epochs = html("output", { class: "epochs", "aria-label": "Epochs" });
  const rate = choice("learning rate", [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0001].map((r) => [String(r), String(r)]), (v) => changeRecipe(() => (recipe().learningRate = Number(v))));
  const optimizer = choice("optimizer", OPTIMIZER_NAMES.map((name) => [name, OPTIMIZERS[name]]), (v) => changeRecipe(() => (recipe().optimizer = v)));
  const batch = choice("batch", [1, 5, 10, 25, 50, 100, 2000].map((n) => [String(n), n === 2000 ? "all points" : String(n)]), (v) => changeRecipe(() => (recipe().batch = Number(v))));
  const decay = choice("weight decay", [0, 0.0001, 0.001, 0.01, 0.1].map((r) => [String(r), String(r)]), (v) => changeRecipe(() => (recipe().weightDecay = Number(v))));
  const start = choice("first weights", START_NAMES.map((name) => [name, STARTS[name]]), (v) => restart(() => (recipe().start = v)));
  const seed = numberInput("Seed of the weights", (value) => {
    restart(() => (recipe().seed = Math.floor(value)));
  }, { low: 0, high: 2 ** 31 - 1, step: 1 });
  const element = html("div", { class: "bar", role: "group", "aria-label": "Training" },
    html("div", { class: "row transport" }, play, button("One step", () => advance("step")), button("One epoch", () => advance("epoch")), button("Start again", () => restart()), html("span", { class: "epoch-box" }, html("span", {}, "epoch"), epochs)),
    html("div", { class: "row settings" }, rate.element, optimizer.element, batch.element, decay.element, start.element, html("label", { class: "field short" }, html("span", {}, "seed"), seed)));

  /** Choose what is not among the usual ones, too. @param {ReturnType<typeof choice>} control @param {number} value */
  function setNumeric({ select, set }, value) {
    const text = String(value);
    if (![...select.options].some((option) => option.value === text)) select.append(html("option", { value: text }, text));
    set(text);
  }

  /** @param {boolean} isPlaying */
  function draw(isPlaying) {
    play.textContent = isPlaying ? "Pause" : "Train";
    play.classList.toggle("playing", isPlaying);
    setNumeric(rate, recipe().learningRate);
    optimizer.set(recipe().optimizer);
    setNumeric(batch, recipe().batch);
    setNumeric(decay, recipe().weightDecay);
    start.set(recipe().start);
    setNumber(seed, recipe().seed);
  }

  const showEpochs = () => (epochs.textContent = grouped(app.state.net.epochs));
  return { element, draw, showEpochs };
}
