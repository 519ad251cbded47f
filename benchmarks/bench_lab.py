"""Measure the page of the lab in Chromium from a file, in real time.

    python -m benchmarks.bench_lab [--playground nn.ts] [--seconds 4]

Each figure stands beside what the page has to reach. ``--playground`` names the engine of
TensorFlow Playground (its ``src/nn.ts``, or that as JavaScript): both engines then train the same
network in the same page, in turns. TypeScript is compiled by ``esbuild``, which must be on the
path.

Conventions: nothing here runs under a virtual clock, which would falsify every figure. What share
of the processors was idle is printed with each: on a busy machine the figures are too low.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from gradatim.lab import Lesson, render_lab

START = {"view": "network", "problem": "circles", "hidden": [["tanh"] * 8] * 2}
FRAMES = """() => new Promise((resolve) => {
  const [seconds, gaps] = [SECONDS, []];
  const shown = document.querySelector(".VIEW .epochs");
  const epochs = () => Number(shown.textContent.replaceAll(",", ""));
  const [from, start] = [epochs(), performance.now()];
  let last = start;
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    if (now - start < 1000 * seconds) return requestAnimationFrame(frame);
    const took = (performance.now() - start) / 1000;
    resolve({ epochs: (epochs() - from) / took, frames: gaps.length / took,
      late: gaps.filter((gap) => gap > 25).length / gaps.length });
  };
  requestAnimationFrame(frame);
})"""
SLIDER = """() => new Promise((resolve) => {
  const input = document.querySelector('[aria-label="w 1"]');
  const took = [];
  const channel = new MessageChannel();
  let start = 0;
  channel.port1.onmessage = () => {
    took.push(performance.now() - start);
    if (took.length < 80) setTimeout(once, 30 + 7 * (took.length % 5));
    else resolve(took.sort((a, b) => a - b));
  };
  const once = () => {
    start = performance.now();
    input.value = String(-2 + (took.length % 40) / 10);
    input.dispatchEvent(new Event("input"));
    requestAnimationFrame(() => channel.port2.postMessage(0));
  };
  once();
})"""
MAPS = """() => {
  const sizes = [2, 8, 8, 1];
  let start = 0;
  const layers = sizes.slice(1).map((nOut, k) => {
    const activations = Array(nOut).fill(k < 2 ? "tanh" : "logistic");
    const layer = { nIn: sizes[k], nOut, activations, start };
    start += nOut * (sizes[k] + 1);
    return layer;
  });
  const plane = () => Float64Array.from({ length: 10000 }, () => Math.random());
  const inputs = [plane(), plane()];
  const parameters = Float64Array.from({ length: start }, () => Math.random() - 0.5);
  const planes = layers.map(({ nOut }) => Array.from({ length: nOut }, plane));
  const took = [];
  for (let k = 0; k < 200; k++) {
    const from = performance.now();
    computePlanes(layers, parameters, inputs, planes);
    took.push(performance.now() - from);
  }
  return took.sort((a, b) => a - b)[100];
}"""
STATE = """() => {
  const state = decodeState(location.hash.slice(3));
  const grid = () => Math.round(4096 * (Math.random() - 0.5)) / 1024;
  const points = Array.from({ length: 100 }, (_, k) => [grid(), grid(), k % 2]);
  Object.assign(state.data, { source: "own", points });
  const start = performance.now();
  for (let k = 0; k < 100; k++) encodeState(state);
  const took = (performance.now() - start) / 100;
  const [compact, exact] = [encodeState(state).length, encodeState(state, true).length];
  return { parameters: state.net.parameters.length, compact, exact, took };
}"""
# Both train 2-8-8-1 with tanh on 250 points, in batches of 10, by plain descent on half the square.
DUEL = """() => {
  const N = 250, BATCH = 10, RATE = 0.03;
  const lib = engine(activationFunctions(), randomNumbers());
  const random = lib.makeRandom(1);
  const X = Float64Array.from({ length: 2 * N }, () => 2 * random.uniform() - 1);
  const isInside = (k) => X[2 * k] ** 2 + X[2 * k + 1] ** 2 < 0.6;
  const y = Float64Array.from({ length: N }, (_, k) => (isInside(k) ? 1 : -1));
  const nn = (() => { PLAYGROUND })();
  const { TANH } = nn.Activations;
  const theirs = nn.buildNetwork([2, 8, 8, 1], TANH, TANH, null, ["x1", "x2"]);
  const rows = Array.from({ length: N }, (_, k) => [X[2 * k], X[2 * k + 1]]);
  const layers = theirs.slice(1).map((nodes) => ({
    weight: nodes.map((node) => node.inputLinks.map((link) => link.weight)),
    bias: nodes.map((node) => node.bias),
    activation: "tanh",
  }));
  const network = lib.makeNetwork(layers);
  const kernel = (KERNEL)(lib);
  const recipe = { loss: "squared", optimizer: "sgd", learningRate: RATE, momentum: 0, kernel };
  const trainer = lib.makeTrainer(network, recipe);
  const epochs = {
    ours() {
      for (let k = 0; k < N; k += BATCH) {
        lib.learn(trainer, X.subarray(2 * k, 2 * (k + BATCH)), y.subarray(k, k + BATCH));
      }
    },
    theirs() {
      for (let k = 0; k < N; k++) {
        nn.forwardProp(theirs, rows[k]);
        nn.backProp(theirs, y[k], nn.Errors.SQUARE);
        if ((k + 1) % BATCH === 0) nn.updateWeights(theirs, RATE, 0);
      }
    },
  };
  for (let k = 0; k < 20; k++) {
    epochs.ours();
    epochs.theirs();
  }
  let apart = 0;
  for (let k = 0; k < N; k++) {
    const mine = lib.forward(network, rows[k]).a[3][0];
    apart = Math.max(apart, Math.abs(mine - nn.forwardProp(theirs, rows[k])));
  }
  const speed = (epoch) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 700) for (let k = 0; k < 20; k++, count++) epoch();
    return (1000 * count) / (performance.now() - start);
  };
  const rounds = Array.from({ length: 5 }, () => [speed(epochs.ours), speed(epochs.theirs)]);
  return { rounds, apart };
}"""


def main() -> None:
    """Measure everything, and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--playground", type=Path, help="engine of TensorFlow Playground")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each speed is taken")
    options = parser.parse_args()
    theirs = None if options.playground is None else compiled(options.playground)
    print("| what | has to be | measured | idle |")
    print("|------|----------:|---------:|-----:|", flush=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder, "lab.html")
        path.write_text(render_lab(Lesson(start=START)), encoding="utf-8")
        fresh = fresh_page(browser, path)
        for optimizer, least in (("sgd", 6000), ("adam", 5500)):
            training(fresh, optimizer, least, options.seconds)
        if theirs:
            duel(fresh, theirs)
        with fresh() as page:
            row("maps of one frame", "2 ms", lambda: f"{page.evaluate(MAPS):.2f} ms")
        wall(fresh, options.seconds)
        slider(fresh)
        first_paint(browser, path)
        link(fresh)


def row(what: str, wanted: str, measure: Callable[[], str]) -> None:
    """Measure, and print it with the share of the processors that was idle meanwhile."""
    before = processor_times()
    text = measure()
    after = processor_times()
    total = after[1] - before[1]
    idle = f"{(after[0] - before[0]) / total:.0%}" if total else "unknown"
    print(f"| {what} | {wanted} | {text} | {idle} |", flush=True)


def processor_times() -> tuple[float, float]:
    """Return idle and total time of all processors, or zeros where they are not told."""
    try:
        numbers = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    except OSError:
        return 0.0, 0.0
    values = [float(number) for number in numbers]
    return values[3] + values[4], sum(values)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the system's Chromium, or Playwright's."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"<!-- Chromium {browser.version}; load averages before: {load} -->")
        yield browser
        browser.close()


def fresh_page(browser: Any, path: Path) -> Callable[[], Any]:
    """Return what opens the page in a fresh profile."""

    @contextmanager
    def fresh() -> Iterator[Any]:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector(".tabs")
        yield page
        context.close()

    return fresh


def training(fresh: Callable[[], Any], optimizer: str, least: int, seconds: float) -> None:
    """2-8-8-1 on 250 points in batches of 10, while every map is drawn in every frame."""
    with fresh() as page:
        page.fill('[aria-label="number of points"]', "250")
        page.fill('[aria-label="percent of points that only check"]', "0")
        page.select_option('[aria-label="optimizer"]', optimizer)
        page.click("button:text-is('Train')")
        page.wait_for_timeout(1500)

        def measure() -> str:
            found = frames(page, "network", seconds)
            return f"{found['epochs']:,.0f}; {found['frames']:.1f}; {found['late']:.1%}"

        wanted = f"{least:,}; 60; 1 %"
        row(f"epochs/s by {optimizer}, pictures/s, pictures late", wanted, measure)


def frames(page: Any, view: str, seconds: float) -> dict[str, float]:
    return page.evaluate(FRAMES.replace("SECONDS", str(seconds)).replace("VIEW", view))


def wall(fresh: Callable[[], Any], seconds: float) -> None:
    """64 networks in two workers; a third of the maps is drawn in each frame."""
    with fresh() as page:
        page.click("#tab-wall")
        page.click("button:text-is('Train all')")
        # The programs of the larger shapes are translated after some thousand steps.
        page.wait_for_timeout(8000)

        def measure() -> str:
            found = frames(page, "wall-view", seconds)
            return f"{found['frames'] / 3:.1f}; {found['frames']:.1f}; {found['epochs']:.0f}"

        row(
            "wall: pictures/s of each net, of the page, epochs/s of each net",
            "20; 58; 150",
            measure,
        )


def slider(fresh: Callable[[], Any]) -> None:
    """From a change of a weight to its picture."""
    with fresh() as page:
        page.click("#tab-neuron")

        def measure() -> str:
            took = page.evaluate(SLIDER)
            return f"{took[len(took) // 2]:.1f} ms; {took[int(0.95 * len(took))]:.1f} ms"

        row("slider to picture: median, 95 of 100", "16 ms; 25 ms", measure)


def first_paint(browser: Any, path: Path) -> None:
    """A page of 2 MB, opened in fresh profiles."""
    text = path.read_text(encoding="utf-8")
    large = path.with_name("large.html")
    large.write_text(f"{text}<!--{'x' * (2_000_000 - len(text))}-->", encoding="utf-8")

    def measure() -> str:
        took = []
        for _ in range(9):
            with fresh_page(browser, large)() as page:
                page.wait_for_timeout(300)
                entry = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
                took.append(page.evaluate(entry))
        return f"{median(took):.0f} ms ({min(took):.0f} to {max(took):.0f})"

    row("first paint, page of 2 MB", "150 ms", measure)


def link(fresh: Callable[[], Any]) -> None:
    """A network and 100 points as the text of a link."""
    with fresh() as page:
        page.click("#tab-neuron")
        page.wait_for_function("() => location.hash.length > 20")

        def measure() -> str:
            found = page.evaluate(STATE)
            assert found["parameters"] == 105
            return f"{found['compact']:,}; {found['exact']:,}; {found['took']:.2f} ms"

        row(
            "link of 105 weights, 100 points: characters, exact, time",
            "1,100; 3,000; 5 ms",
            measure,
        )


def duel(fresh: Callable[[], Any], playground: str) -> None:
    """Both engines train the same network in the same page, in turns."""
    with fresh() as page:
        eight = 'Array(8).fill("tanh")'
        shape = f'kernelText(2, [{eight}, {eight}, ["tanh"]], "squared")'
        code = DUEL.replace("KERNEL", page.evaluate(shape)).replace("PLAYGROUND", playground)

        def measure() -> str:
            found = page.evaluate(code)
            ratios = [ours / theirs for ours, theirs in found["rounds"]]
            ours, theirs = (median(one) for one in zip(*found["rounds"], strict=True))
            return (
                f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}): {ours:,.0f} and "
                f"{theirs:,.0f} epochs/s; outputs {found['apart']:.0e} apart after 20"
            )

        row("times as fast as TensorFlow Playground's engine", "2", measure)


def compiled(path: Path) -> str:
    """Return the engine as the body of a function that returns its names."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ts":
        command = ["esbuild", "--loader=ts", "--format=cjs", "--target=es2022"]
        if shutil.which(command[0]) is None:
            raise SystemExit("esbuild is not on the path; give nn.ts as JavaScript")
        text = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True
        ).stdout
    before = "const module = { exports: {} }, exports = module.exports;"
    return f"{before}\n{text}\nreturn module.exports;"


if __name__ == "__main__":
    main()
