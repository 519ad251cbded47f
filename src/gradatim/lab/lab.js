/**
 * The page: one state, three views on it, undo, links, keys.
 *
 * Conventions: views change the state and say so; the link in the address follows a quarter of a second
 * later. What comes from an address is read with limits and changes nothing when it is no state.
 */

import { html } from "../views/_dom.js";
import { activationFunctions } from "../views/activations.js";
import { engine } from "../views/engine.js";
import { fractions } from "../views/fractions.js";
import { randomNumbers } from "../views/randomnumbers.js";
import { button, isDragging, readColors } from "./controls.js";
import { LinkError } from "./linkbytes.js";
import { initialState } from "./model.js";
import { makeNetworkView } from "./network.js";
import { makeNeuronView } from "./neuron.js";
import { makePracticeView } from "./practice.js";
import { makeRaceView } from "./race.js";
import { makeProofsView } from "./proofs.js";
import { makeShare } from "./share.js";
import { decodeState, encodeState, linkEnd, readLink } from "./state.js";
import { makeWallView } from "./wall.js";
import { trainInWorker } from "./worker.js";

/** @type {Record<string, string>} */
const TABS = { neuron: "One neuron", network: "A network", race: "A race", wall: "The wall", proofs: "Proofs", practice: "Practice" };
const MOST_UNDOS = 100;

/**
 * @typedef {object} App What views share.
 * @property {import("./state.js").State} state
 * @property {any} engine
 * @property {any} lesson
 * @property {(name: string, z: number) => number} activate
 * @property {() => import("./controls.js").Colors} colors
 * @property {() => void} remember the state before a change, for undo
 * @property {() => void} forget what could be undone, for it does not fit any more
 * @property {() => void} changed draw everything again
 * @property {() => void} touched the state has changed, and its view has drawn it
 * @property {(text: string) => void} announce
 * @property {() => boolean} isDragging
 * @property {() => boolean} isAlone whether the link asked for one tab alone
 * @property {() => string[]} hides what the link hides
 * @property {(message: any) => void} tell tell an embedding page, such as a learning platform
 * @property {() => boolean} reducedMotion
 * @property {(name: string) => void} open another tab
 * @property {() => string} encoded
 * @property {(kernels: string[], answered: (message: any) => void) => { post(...messages: any[]): void, stop(): void }} startWorker
 */

/**
 * Start once the head of the page is seen; at once where nobody looks at it yet, or another page embeds it.
 *
 * @param {() => void} start
 */
export function afterPaint(start) {
  if (document.hidden || window.parent !== window) start();
  else requestAnimationFrame(() => setTimeout(start));
}

/**
 * @param {HTMLElement} root
 * @param {((app: App, network: any, race: any) => { name: string, title: string, element: HTMLElement, draw(): void })[]} [extras]
 *   makers of tabs that only some pages have
 */
export function startLab(root, extras = []) {
  const lib = engine(activationFunctions(), randomNumbers(), fractions());
  const lesson = JSON.parse(document.getElementById("lesson")?.textContent ?? "{}");
  const lessonDims = () => lesson.table?.names.length ?? 0;
  const live = html("p", { class: "sr", role: "status" });
  const message = html("p", { class: "message", role: "alert", hidden: true });
  /** @type {string[]} */
  const past = [];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let colors = readColors(root);
  let timer = 0;
  // A teacher's link may show one tab, without the others.
  let isAlone = false;
  /** @type {string[]} */
  let hidden = [];
  const isEmbedded = window.parent !== window;
  const one = [new Float64Array(1), new Float64Array(1)];

  /** @type {App} */
  const app = {
    state: initialState(lesson, lib),
    engine: lib,
    lesson,
    activate: (name, z) => {
      one[0][0] = z;
      lib.activate(name, one[0], one[1], 0, 1, 1);
      return one[1][0];
    },
    colors: () => colors,
    remember,
    forget() {
      past.length = 0;
      undo.disabled = true;
    },
    changed() {
      views[app.state.view].draw();
      app.touched();
    },
    touched() {
      clearTimeout(timer);
      timer = window.setTimeout(writeAddress, 250);
    },
    announce: (text) => (live.textContent = text),
    isDragging,
    isAlone: () => isAlone,
    hides: () => hidden,
    tell,
    reducedMotion: () => still.matches,
    open: (name) => open(shownViews.indexOf(name)),
    encoded: () => encodeState(app.state),
    startWorker,
  };

  /**
   * Start a worker from the text of its functions.
   *
   * @param {string[]} kernels as `kernelText` writes them
   * @param {(message: any) => void} answered
   */
  function startWorker(kernels, answered) {
    const text = `"use strict";(${trainInWorker})(self, (${engine})((${activationFunctions})(), (${randomNumbers})()), [${kernels}]);`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    try {
      const worker = new Worker(address);
      worker.onmessage = ({ data }) => answered(data);
      worker.onerror = (event) => warn(`The training stopped: ${event.message}`);
      const stop = () => {
        worker.terminate();
        URL.revokeObjectURL(address);
      };
      return { post: (/** @type {any[]} */ ...messages) => worker.postMessage(messages), stop };
    } catch {
      warn("This browser starts no worker here, so networks cannot train; everything else works.");
      return { post: () => {}, stop: () => {} };
    }
  }

  /** @param {string} text */
  function warn(text) {
    message.textContent = text;
    message.hidden = false;
  }

  function remember() {
    const now = encodeState(app.state, true);
    if (past[past.length - 1] !== now) past.push(now);
    if (past.length > MOST_UNDOS) past.shift();
    undo.disabled = false;
  }

  function goBack() {
    const now = encodeState(app.state, true);
    let before = past.pop();
    while (before === now && past.length) before = past.pop();
    undo.disabled = !past.length;
    if (before === undefined || before === now) return;
    const { view } = app.state;
    // The view stays: what is undone is seen.
    app.state = { ...decodeState(before, lessonDims()), view };
    networkView.reset();
    app.changed();
    app.announce("Undone.");
  }

  function writeAddress() {
    const code = encodeState(app.state);
    try {
      history.replaceState(null, "", `#s=${code}${linkEnd(isAlone, hidden)}`);
    } catch {
      // Some embedding pages allow no change of the address; the link in Share has it all the same.
    }
    if (isEmbedded) tell({ state: code, equation: share.equation(), answer: null, score: app.state.view === "network" ? networkView.score() : null });
  }

  /** @param {any} message */
  function tell(message) {
    if (isEmbedded) window.parent.postMessage({ gradatim: 1, ...message }, "*");
  }

  function readAddress() {
    const link = readLink(location.hash);
    if (link && take(link.code)) ({ isAlone, hidden } = link);
    root.dataset.hide = hidden.join(" ");
  }

  /** Take a state from anyone. @param {string} code */
  function take(code) {
    try {
      app.state = decodeState(code, lessonDims());
      return true;
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      warn(`This link cannot be read: ${error.message}. The page stays as it is.`);
      return false;
    }
  }

  // The frame

  const undo = button("Undo", goBack, { disabled: true, title: "Ctrl+Z" });
  const practicePanel = /** @type {HTMLElement} */ (document.getElementById("practice"));
  const tabs = html("div", { class: "tabs", role: "tablist", "aria-label": "What to play with" });
  readAddress();
  const networkView = makeNetworkView(app);
  const share = makeShare(app, networkView);
  const raceView = makeRaceView(app, networkView);
  const wallView = makeWallView(app, networkView);
  const practiceView = makePracticeView(app, practicePanel);
  /** @type {Record<string, { element: HTMLElement, draw(): void }>} */
  const views = { neuron: makeNeuronView(app), network: networkView, race: raceView, wall: wallView, proofs: makeProofsView(app, networkView), practice: practiceView };
  const titles = { ...TABS };
  for (const make of extras) {
    const extra = make(app, networkView, raceView);
    views[extra.name] = extra;
    titles[extra.name] = extra.title;
  }
  const shownViews = Object.keys(titles).filter((name) => name !== "practice" || !practiceView.isEmpty);
  fallBack();

  /** Links of a page with more tabs than this one begin at the first. */
  function fallBack() {
    if (!shownViews.includes(app.state.view)) app.state.view = "neuron";
  }

  const buttons = shownViews.map((name) => html("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` }, titles[name]));
  const panels = shownViews.map((name) => html("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}` }, views[name].element));
  tabs.append(...buttons);
  buttons.forEach((tab, k) => {
    tab.addEventListener("click", () => open(k));
    tab.addEventListener("keydown", ({ key }) => {
      const to = { ArrowLeft: k - 1, ArrowRight: k + 1, Home: 0, End: buttons.length - 1 }[key];
      if (to === undefined) return;
      const next = (to + buttons.length) % buttons.length;
      buttons[next].focus();
      open(next);
    });
  });

  /** @param {number} k */
  function open(k) {
    if (shownViews[k] !== "network") networkView.pause();
    if (shownViews[k] !== "race") raceView.pause();
    if (shownViews[k] !== "wall") wallView.pause();
    app.state.view = shownViews[k];
    showTabs();
    app.changed();
  }

  function showTabs() {
    tabs.hidden = isAlone;
    shownViews.forEach((name, k) => {
      const isOpen = name === app.state.view;
      buttons[k].setAttribute("aria-selected", String(isOpen));
      buttons[k].tabIndex = isOpen ? 0 : -1;
      panels[k].hidden = !isOpen;
    });
  }

  document.getElementById("top")?.append(tabs, html("div", { class: "row actions" }, undo, button("Share", share.open, { class: "share-button" })));
  root.append(message, html("main", {}, ...panels), share.dialog, live);
  practicePanel.hidden = practiceView.isEmpty;

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === "text";
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey && !isTyping) {
      event.preventDefault();
      goBack();
    }
  });
  window.addEventListener("hashchange", () => {
    readAddress();
    showState();
  });
  window.addEventListener("message", ({ source, data }) => {
    if (!isEmbedded || source !== window.parent || data?.gradatim !== 1 || typeof data.set !== "string") return;
    // What is being typed gives way.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (take(data.set)) showState();
    writeAddress();
  });

  function showState() {
    fallBack();
    networkView.reset();
    showTabs();
    views[app.state.view].draw();
  }

  dark.addEventListener("change", () => {
    colors = readColors(root);
    app.changed();
  });
  showTabs();
  networkView.reset();
  views[app.state.view].draw();
  if (isEmbedded) writeAddress();
}
