/**
 * The tab that only a served page has: what its server can do and a page alone cannot.
 *
 * Conventions: every card asks by `protocol.js` and shows one job at a time, with its progress and a way
 * to stop it. What went wrong is one sentence beside the button.
 */

import { html } from "../views/_dom.js";
import { button } from "./controls.js";
import { AskError, makeClient, sentence } from "./protocol.js";
import { makeClimbCard, makeWallCard } from "./servedclimb.js";
import { makeKernelCard } from "./servedkernel.js";
import { makeApproximationCard, makeSeparationCard } from "./servedproofs.js";
import { makeRowsCard } from "./servedrows.js";

/**
 * @typedef {object} Desk What the cards share.
 * @property {ReturnType<typeof makeClient>} client
 * @property {() => any} about what the server's collection is
 * @property {(about: any) => void} learn that it is another one
 * @property {(label: string, message: () => any, show: (result: any) => void) => { element: HTMLElement, run(): Promise<void> }} makeJob
 * @property {any} network the view of the network
 * @property {() => any} classPoints the points of the page, which must have classes
 */

/** @param {import("./lab.js").App} app @param {any} network @param {any} race */
export function makeServerView(app, network, race) {
  let about = { title: "", n_rows: 0, inputs: [], classes: [] };
  /** @type {{ element: HTMLElement, draw(): void }[]} */
  let cards = [];
  const client = makeClient(app.lesson.served.schema, learn);
  const trouble = html("p", { class: "answer", role: "status" });

  /** @param {any} found */
  function learn(found) {
    about = found;
    for (const card of cards) card.draw();
  }

  /**
   * A button that starts a job, how far it is, and a button that stops it.
   *
   * @param {string} label
   * @param {() => any} message
   * @param {(result: any) => void} show
   */
  function makeJob(label, message, show) {
    let job = -1;
    const go = button(label, run, { class: "primary" });
    const stop = button("Stop", () => void client.ask({ ask: "stop", job }).catch(() => {}), { hidden: true });
    const bar = html("progress", { max: 1, hidden: true, "aria-label": label });
    const status = html("p", { class: "hint", role: "status" });

    async function run() {
      go.disabled = true;
      status.textContent = "";
      try {
        const state = await client.work(message(), (told) => {
          job = told.job;
          stop.hidden = bar.hidden = false;
          if (told.share === null) bar.removeAttribute("value");
          else bar.value = told.share;
          status.textContent = told.doing ? sentence(told.doing) : "";
        });
        if (state.state === "done") {
          status.textContent = "";
          show(state.result);
        } else if (state.state === "stopped") status.textContent = "Stopped.";
      } catch (error) {
        if (!(error instanceof AskError)) throw error;
        status.textContent = error.message;
      }
      go.disabled = false;
      stop.hidden = bar.hidden = true;
    }

    const element = html("div", { class: "job" }, html("div", { class: "row" }, go, stop, bar), status);
    return { element, run };
  }

  function classPoints() {
    const data = network.data();
    if (data.targets) throw new AskError("The points of “A network” are a curve; choose points with classes there.");
    return data;
  }

  /** @type {Desk} */
  const desk = { client, about: () => about, learn, makeJob, network, classPoints };
  cards = [makeRowsCard(app, desk), makeSeparationCard(app, desk), makeApproximationCard(app, desk), makeClimbCard(app, desk), makeWallCard(app, desk)];
  const kernel = makeKernelCard(app, desk);
  race.element.querySelector(".race-cards").after(kernel.element);
  const element = html("div", { class: "server-view" }, trouble, html("div", { class: "server-cards" }, ...cards.map((card) => card.element)));
  client.greet().catch((error) => (trouble.textContent = error instanceof AskError ? error.message : String(error)));

  function draw() {
    for (const card of cards) card.draw();
  }
  return { name: "server", title: "On the server", element, draw };
}
