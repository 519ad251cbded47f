/**
 * What the worker does: it owns the weights and trains them; the page asks for them when it draws.
 *
 * Conventions: `trainInWorker` refers to nothing outside of itself; its text and that of the engine are
 * the worker's source. The page numbers what it loads and edits; answers carry the number that they are
 * for, so that the page knows which are old.
 */

/**
 * @param {any} scope the worker's global scope
 * @param {any} engine what `engine()` returns
 * @param {((helpers: any) => any) | null} kernel gradient of the network that is loaded; see `kernel.js`
 */
export function trainInWorker(scope, engine, kernel) {
  // The time of one turn: short, so that an edit waits for less than a frame.
  const TURN = 6;
  /** @type {any} */
  let network = null;
  /** @type {any} */
  let trainer = null;
  /** @type {any} */
  let task = null;
  /** @type {any} */
  let random = null;
  let number = 0;
  let isPlaying = false;
  let isWaiting = false;
  let epochs = 0;
  let steps = 0;
  let at = 0;
  /** @type {Uint32Array} */
  let order = new Uint32Array(0);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => turn();

  /** @param {any} recipe */
  function prepare({ optimizer, learningRate, weightDecay }) {
    // Plain descent has no momentum here: it is the rule that is taught first.
    const recipe = { loss: task.loss, optimizer, learningRate, weightDecay, momentum: 0, kernel: kernel && kernel(engine) };
    trainer = engine.makeTrainer(network, recipe);
  }

  /** @param {any} message */
  function load(message) {
    number = message.number;
    task = message.task;
    network = engine.makeNetwork(message.layers);
    random = engine.makeRandom(message.seed);
    [epochs, steps, at] = [message.epochs, 0, 0];
    prepare(message.recipe);
    makeBatches(message.recipe.batch);
  }

  /** @type {{ X: Float64Array, y: Float64Array }} */
  let batch = { X: new Float64Array(0), y: new Float64Array(0) };
  let size = 1;

  /** @param {number} wanted rows of a batch */
  function makeBatches(wanted) {
    size = Math.min(wanted, task.n);
    batch = { X: new Float64Array(size * task.nIn), y: new Float64Array(size * task.nOut) };
    at = 0;
  }

  function learnBatch() {
    if (at === 0) order = random.order(task.n);
    const count = Math.min(size, task.n - at);
    const { nIn, nOut } = task;
    const X = count === size ? batch.X : batch.X.subarray(0, count * nIn);
    const y = count === size ? batch.y : batch.y.subarray(0, count * nOut);
    for (let row = 0; row < count; row++) {
      const from = order[at + row];
      for (let i = 0; i < nIn; i++) X[row * nIn + i] = task.X[from * nIn + i];
      for (let o = 0; o < nOut; o++) y[row * nOut + o] = task.y[from * nOut + o];
    }
    engine.learn(trainer, X, y);
    steps++;
    at += count;
    if (at >= task.n) {
      at = 0;
      epochs++;
    }
  }

  function turn() {
    isWaiting = false;
    if (!isPlaying) return;
    const end = performance.now() + TURN;
    do {
      for (let k = 0; k < 8; k++) learnBatch();
    } while (performance.now() < end);
    goOn();
  }

  /** Come back after the messages that wait; one turn at a time. */
  function goOn() {
    if (isWaiting) return;
    isWaiting = true;
    channel.port2.postMessage(0);
  }

  /**
   * Loss and share of right answers.
   *
   * @param {Float64Array} X
   * @param {Float64Array} y
   * @param {Uint8Array} labels
   */
  function measure(X, y, labels) {
    if (!labels.length) return null;
    const room = engine.forward(network, X);
    const outputs = room.a[room.a.length - 1];
    const nOut = task.nOut;
    let right = 0;
    for (let row = 0; row < labels.length; row++) {
      let top = 0;
      for (let o = 1; o < nOut; o++) if (outputs[row * nOut + o] > outputs[row * nOut + top]) top = o;
      const predicted = nOut === 1 ? (outputs[row] >= task.threshold ? 1 : 0) : top;
      if (predicted === labels[row]) right++;
    }
    return { loss: engine.meanLoss(network, room, y, task.loss), accuracy: right / labels.length };
  }

  function answer() {
    const train = measure(task.X, task.y, task.labels);
    const held = measure(task.heldX, task.heldY, task.heldLabels);
    const gradient = trainer.gradient.slice();
    const parameters = network.parameters.slice();
    scope.postMessage({ number, parameters, gradient, epochs, steps, train, held, isPlaying });
  }

  /** @type {Record<string, (message: any) => void>} */
  const ASKED = {
    load,
    edit(message) {
      number = message.number;
      network.parameters.set(message.parameters);
    },
    recipe(message) {
      prepare(message.recipe);
      makeBatches(message.recipe.batch);
    },
    play() {
      isPlaying = true;
      goOn();
    },
    pause() {
      isPlaying = false;
    },
    step: learnBatch,
    epoch() {
      do learnBatch();
      while (at !== 0);
    },
    /** Whole epochs, then an answer. */
    run(message) {
      for (let k = 0; k < message.epochs; k++) ASKED.epoch(message);
      answer();
    },
    get: answer,
  };

  scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
    for (const message of data) ASKED[message.ask](message);
  };
}
