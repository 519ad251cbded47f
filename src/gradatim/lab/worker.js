/**
 * What a worker does: it owns the weights of networks and trains them; the page asks for them when it draws.
 *
 * Conventions: `trainInWorker` refers to nothing outside of itself; its text, with those of the engine and
 * its parts, is the worker's source. The page numbers what it loads and edits; answers carry the number
 * that they are for, so that the page knows which are old. Several networks train in turns of one epoch
 * each, so all have seen the points equally often.
 */

/**
 * @param {any} scope the worker's global scope
 * @param {any} engine what `engine()` returns
 * @param {(((helpers: any) => any) | null)[]} kernels gradients of the shapes that are loaded; see `kernel.js`
 */
export function trainInWorker(scope, engine, kernels) {
  // The time of one turn: short, so that an edit waits for less than a frame.
  const TURN = 6;
  /** @type {ReturnType<typeof makeRunner>[]} */
  let runners = [];
  let number = 0;
  let isPlaying = false;
  let isWaiting = false;
  /** Several networks wait at this many epochs for those of another worker. */
  let limit = Infinity;
  // One program for all networks of a shape: it is translated the sooner.
  const written = kernels.map((write) => write && write(engine));
  const channel = new MessageChannel();
  channel.port1.onmessage = () => turn();

  /**
   * A network in training.
   *
   * @param {any} message
   */
  function makeRunner({ task, layers, recipe: first, seed, epochs: done, kernel = 0 }) {
    const network = engine.makeNetwork(layers);
    const random = engine.makeRandom(seed);
    /** @type {any} */
    let trainer = null;
    let [epochs, steps, at, size] = [done, 0, 0, 1];
    /** @type {Uint32Array} */
    let order = new Uint32Array(0);
    let batch = { X: new Float64Array(0), y: new Float64Array(0) };

    /** @param {any} recipe */
    function prepare({ optimizer, learningRate, weightDecay, batch: wanted }) {
      // Plain descent has no momentum here: it is the rule that is taught first.
      const recipe = { loss: task.loss, optimizer, learningRate, weightDecay, momentum: 0, kernel: written[kernel] };
      trainer = engine.makeTrainer(network, recipe);
      size = Math.min(wanted, task.n);
      batch = { X: new Float64Array(size * task.nIn), y: new Float64Array(size * task.nOut) };
      at = 0;
    }

    function step() {
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

    function epoch() {
      do step();
      while (at !== 0);
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
      const room = engine.predict(trainer, X);
      const outputs = room.a[room.a.length - 1];
      const nOut = task.nOut;
      const loss = engine.meanLoss(network, room, y, task.loss);
      // The accuracy of a curve is how far it is off, as the root of the mean square.
      if (task.isCurve) return { loss, accuracy: null, off: Math.sqrt(2 * loss) };
      let right = 0;
      for (let row = 0; row < labels.length; row++) {
        let top = 0;
        for (let o = 1; o < nOut; o++) if (outputs[row * nOut + o] > outputs[row * nOut + top]) top = o;
        const predicted = nOut === 1 ? (outputs[row] >= task.threshold ? 1 : 0) : top;
        if (predicted === labels[row]) right++;
      }
      return { loss, accuracy: right / labels.length };
    }

    const scores = () => ({ train: measure(task.X, task.y, task.labels), held: measure(task.heldX, task.heldY, task.heldLabels) });
    const weights = () => ({ parameters: network.parameters.slice(), epochs });
    const report = () => ({ ...weights(), gradient: trainer.gradient.slice(), steps, ...scores() });
    prepare(first);
    return { prepare, step, epoch, done: () => epochs, scores, weights, report, set: (/** @type {Float64Array} */ values) => network.parameters.set(values) };
  }

  function turn() {
    isWaiting = false;
    if (!isPlaying) return;
    const end = performance.now() + TURN;
    do {
      if (runners.length === 1) for (let k = 0; k < 8; k++) runners[0].step();
      else if (runners[0].done() < limit) for (const runner of runners) runner.epoch();
      else return;
    } while (performance.now() < end);
    goOn();
  }

  /** Come back after the messages that wait; one turn at a time. */
  function goOn() {
    if (isWaiting) return;
    isWaiting = true;
    channel.port2.postMessage(0);
  }

  /** @type {Record<string, (message: any) => void>} */
  const ASKED = {
    load(message) {
      number = message.number;
      limit = Infinity;
      runners = (message.tasks ?? [message]).map((/** @type {any} */ one) => makeRunner({ ...message, ...one }));
    },
    edit(message) {
      number = message.number;
      runners[0].set(message.parameters);
    },
    recipe: (message) => runners[0].prepare(message.recipe),
    play() {
      isPlaying = true;
      goOn();
    },
    until(message) {
      limit = message.epochs;
      ASKED.play(message);
    },
    pause() {
      isPlaying = false;
    },
    step: () => runners[0].step(),
    epoch: () => runners[0].epoch(),
    /** Whole epochs, then an answer. */
    run(message) {
      for (let k = 0; k < message.epochs; k++) runners[0].epoch();
      ASKED.get(message);
    },
    get: () => scope.postMessage({ number, ...runners[0].report(), isPlaying }),
    all: () => scope.postMessage({ number, all: runners.map(({ weights }) => weights()) }),
    scores: () => scope.postMessage({ number, scores: runners.map(({ scores }) => scores()) }),
  };

  scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
    for (const message of data) ASKED[message.ask](message);
  };
}
