"""An evaluator in plain Python, written against the exported JSON alone, finds every answer.

It shares nothing with the package: its own forward pass, bisection for boundaries, hulls that meet
for separability, dual numbers for gradients.
"""

import json
import math
import re
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest

from gradatim.exercises import make_exam, render_exam
from gradatim.exercises.topics.registry import TOPICS

F = Fraction


# The forward pass, on Fractions where they stay exact, else on floats.


def sigmoid(z):
    return 1 / (1 + math.exp(min(-z, 700)))


FUNCTIONS = {
    "identity": lambda z: z,
    "heaviside": lambda z: 1 if z >= 0 else 0,
    "sign": lambda z: 1 if z > 0 else -1,
    "relu": lambda z: z if z > 0 else 0,
    "logistic": sigmoid,
    "tanh": math.tanh,
}


def run(network, inputs):
    """Return (pre-activations, activations) of every layer."""
    below, layers = [F(inputs[name]) for name in network["inputs"]], []
    for layer in network["layers"]:
        z = []
        for row, bias in zip(layer["weights"], layer["biases"], strict=True):
            edges = [(F(w), x) for w, x in zip(row, below, strict=True) if w is not None]
            z.append(F(bias) + sum(w * x for w, x in edges))
        if layer["activation"] == "softmax":
            powers = [math.exp(v) for v in z]
            a = [p / sum(powers) for p in powers]
        else:
            a = [FUNCTIONS[layer["activation"]](v) for v in z]
        layers.append((z, a))
        below = a
    return layers


def output(network, inputs):
    return run(network, inputs)[-1][1][0]


def predicted(network, inputs, threshold):
    last = run(network, inputs)[-1][1]
    if len(last) == 1:
        return int(last[0] >= F(threshold))
    return 1 + last.index(max(last))


# Boundaries by bisection of the predicted class.


def bisect(predict):
    low, high = F(-1000), F(1000)
    assert predict(low) != predict(high)
    for _ in range(90):
        middle = (low + high) / 2
        low, high = (middle, high) if predict(middle) == predict(low) else (low, middle)
    return low


def boundary(question):
    network = question["network"]
    threshold = question["given"]["threshold"]
    return bisect(lambda x: predicted(network, {"x1": x}, threshold))


def intercept(question, name):
    network = question["network"]
    return bisect(lambda x: output(network, dict.fromkeys(network["inputs"], 0) | {name: x}))


def distance(question):
    """Drop a perpendicular: the nearest of the points that a line through two of them has."""
    [row], [bias] = (question["network"]["layers"][0][key] for key in ("weights", "biases"))
    (a, b), c = map(float, row), float(F(bias))
    x, y = (float(F(question["given"]["inputs"][name])) for name in ("x1", "x2"))
    p, q = (0.0, -c / b), (1.0, -(a + c) / b)
    dx, dy = q[0] - p[0], q[1] - p[1]
    t = ((x - p[0]) * dx + (y - p[1]) * dy) / (dx * dx + dy * dy)
    return math.dist((x, y), (p[0] + t * dx, p[1] + t * dy))


# Separability by hulls: they meet in a vertex inside a triangle, or where two segments cross.


def turn(p, q, r):
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def on_segment(p, a, b):
    return turn(a, b, p) == 0 and all(min(a[i], b[i]) <= p[i] <= max(a[i], b[i]) for i in (0, 1))


def in_triangle(p, a, b, c):
    turns = [turn(a, b, p), turn(b, c, p), turn(c, a, p)]
    if turn(a, b, c) == 0:
        return any(on_segment(p, *ends) for ends in combinations((a, b, c), 2))
    return all(t >= 0 for t in turns) or all(t <= 0 for t in turns)


def cross(a, b, c, d):
    if any(on_segment(*t) for t in ((a, c, d), (b, c, d), (c, a, b), (d, a, b))):
        return True
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def hulls_meet(ones, zeros):
    for here, there in ((ones, zeros), (zeros, ones)):
        corners = [*there, *there[:1] * 3][: max(3, len(there))]
        if any(in_triangle(p, *t) for p in here for t in combinations(corners, 3)):
            return True
    pairs = product(combinations(ones, 2), combinations(zeros, 2))
    return any(cross(*a, *b) for a, b in pairs)


def coordinates(given):
    points = [tuple(F(v) for v in point.values()) for point in given["points"]]
    return points, given["classes"]


def is_separable(points, classes):
    flat = [(*p, F(0))[:2] for p in points]
    return not hulls_meet(
        *([p for p, c in zip(flat, classes, strict=True) if c == k] for k in (1, 0))
    )


def unit_fits(unit, points, classes):
    weights, bias = [F(w) for w in unit["weights"]], F(unit["bias"])
    return all(
        (sum(w * x for w, x in zip(weights, p, strict=True)) + bias >= 0) == c
        for p, c in zip(points, classes, strict=True)
    )


def feature(value, x):
    return {
        "power": lambda: x ** int(value["exponent"]),
        "absolute": lambda: abs(x - F(value["center"])),
        "step": lambda: F(1) if x >= F(value["threshold"]) else F(0),
        "affine": lambda: F(value["weight"]) * x + F(value["bias"]),
    }[value["kind"]]()


# Gradients by dual numbers: value and derivative with respect to one weight.


class Dual:
    def __init__(self, value, slope=0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)


def activate(name, z):
    if name == "logistic":
        a = sigmoid(z.value)
        return Dual(a, a * (1 - a) * z.slope)
    if name == "tanh":
        a = F(math.tanh(z.value))
        return Dual(a, (1 - a * a) * z.slope)
    if name == "relu":
        return z if z.value > 0 else Dual(F(0))
    assert name == "identity"
    return z


def place_of(ask):
    source = 0 if ask["input"] == "bias" else ask["input"]
    return ask["layer"] - 1, ask["unit"] - 1, source


def weight_at(network, place):
    layer, unit, source = place
    row = network["layers"][layer]
    return F(row["biases"][unit] if source == 0 else row["weights"][unit][source - 1])


def gradient(question, ask):
    network, given, place = question["network"], question["given"], place_of(ask)
    assert given["loss"] == "half squared error"
    below = [Dual(F(given["inputs"][name])) for name in network["inputs"]]
    for depth, layer in enumerate(network["layers"]):
        above = []
        for unit, (row, bias) in enumerate(zip(layer["weights"], layer["biases"], strict=True)):
            z = Dual(F(bias), int((depth, unit, 0) == place))
            for source, (w, x) in enumerate(zip(row, below, strict=True), 1):
                if w is not None:
                    z = z + Dual(F(w), int((depth, unit, source) == place)) * x
            above.append(activate(layer["activation"], z))
        below = above
    error = below[0] + Dual(-F(given["target"]))
    return (error * error).slope / 2


def new_weight(question, ask):
    rate = F(question["given"]["learning_rate"])
    return weight_at(question["network"], place_of(ask)) - rate * gradient(question, ask)


def perceptron_update(question, ask):
    network, given = question["network"], question["given"]
    step = F(given["learning_rate"]) * (F(given["target"]) - output(network, given["inputs"]))
    if ask["input"] == "bias":
        return F(network["layers"][0]["biases"][0]) + step
    index = network["inputs"].index(ask["input"])
    return F(network["layers"][0]["weights"][0][index]) + step * F(given["inputs"][ask["input"]])


# Counting.


def parameters(question):
    if question["network"] is None:
        sizes = question["given"]["layer_sizes"]
        return sum(1 for a, b in pairwise(sizes) for _ in range(b) for _ in range(a + 1))
    return sum(
        sum(w is not None for row in layer["weights"] for w in row) + len(layer["biases"])
        for layer in question["network"]["layers"]
    )


def widest(question):
    sizes = question["given"]["layer_sizes"]
    budget, width = parameters(question), 0
    while (sizes[0] + 1) * (width + 1) + (width + 2) * sizes[-1] <= budget:
        width += 1
    return width


def changes(question):
    _, classes = coordinates(question["given"])
    return len([1 for a, b in pairwise(classes) if a != b])


NUMBERS = {
    "class": lambda q, ask: predicted(
        q["network"], q["given"]["inputs"], q["given"].get("threshold", 0)
    ),
    "activation": lambda q, ask: run(q["network"], ask.get("inputs") or q["given"]["inputs"])[
        ask["layer"] - 1
    ][1][ask["unit"] - 1],
    "boundary": lambda q, ask: boundary(q),
    "intercept": lambda q, ask: intercept(q, ask["input"]),
    "distance": lambda q, ask: distance(q),
    "gradient": gradient,
    "new weight": new_weight,
    "perceptron update": perceptron_update,
    "parameters": lambda q, ask: parameters(q),
    "widest": lambda q, ask: widest(q),
    "changes": lambda q, ask: changes(q),
}


def weights_hold(question):
    """Put the answers into the unit and see whether it does what was wanted."""
    given = question["given"]
    found = {part["ask"]["input"]: F(part["answer"]) for part in question["parts"]}
    if "intercepts" in given:
        found["bias"] = F(given["bias"])
        return all(
            found[name] * F(at) + found["bias"] == 0 for name, at in given["intercepts"].items()
        )
    wanted = [(F(p["x1"]), F(p["y"])) for p in given.get("pairs", ())]
    wanted += [(F(p["x1"]), F(p["z"])) for p in given.get("pre_activations", ())]
    # Two different inputs determine a line, so that there is no other answer.
    assert len({x for x, _ in wanted}) == 2
    return all(found["x1"] * x + found["bias"] == y for x, y in wanted)


# Choices: whether each one is true.


def line_is_boundary(question, value):
    row, bias = (question["network"]["layers"][0][key][0] for key in ("weights", "biases"))
    m, c = F(value["slope"]), F(value["offset"])
    return all(F(row[0]) * x + F(row[1]) * (m * x + c) + F(bias) == 0 for x in (-3, 0, 7))


def unit_separates(question, value):
    points, classes = coordinates(question["given"])
    if value is None:
        return not is_separable(points, classes)
    return unit_fits(value, points, classes)


def feature_separates(question, value):
    points, classes = coordinates(question["given"])
    assert not is_separable(points, classes)
    return is_separable([(x, feature(value, x)) for (x,) in points], classes)


def bias_separates(question, value):
    given = question["given"]
    low, high = map(F, given["thresholds"])
    for x in (low - 100, low - F(1, 9), low + F(1, 9), (low + high) / 2, high - F(1, 9), high + 1):
        z = output(given["transform"], {"x": x})
        between = low < x < high
        wanted = given["class_between"] if between else 1 - given["class_between"]
        if int(F(given["weight"]) * z + F(value) >= 0) != wanted:
            return False
    return True


def contains(intervals, x):
    for i in intervals:
        low = -math.inf if i["low"] is None else F(i["low"])
        high = math.inf if i["high"] is None else F(i["high"])
        if low < x < high or (i["closed"] and x in (low, high)):
            return True
    return False


def set_is_right(question, value):
    ends = {F(b) for part in question["parts"] for c in part["choices"] for i in c["value"]
            for b in (i["low"], i["high"]) if b is not None}  # fmt: skip
    ends |= {abs(F(b)) for layer in question["network"]["layers"][:1] for b in layer["biases"]}
    probes = {e + d for e in ends for d in (0, -F(1, 7), F(1, 7))} | {F(-1000), F(1000)}
    return all(contains(value, x) == bool(output(question["network"], {"x": x})) for x in probes)


def classes_are_right(question, value):
    given = question["given"]
    return value == [predicted(question["network"], p, given["threshold"]) for p in given["points"]]


CHOICES = {
    "line": line_is_boundary,
    "separating unit": unit_separates,
    "feature": feature_separates,
    "separating bias": bias_separates,
    "set": set_is_right,
    "classes": classes_are_right,
    "gate": unit_separates,
}


def faults(question):
    """Say everything that is wrong with a question; nothing if all is right."""
    if question["parts"][0]["ask"]["quantity"] == "weight" and not weights_hold(question):
        yield "the weights do not do what was asked"
    for part in question["parts"]:
        yield from (
            choice_faults(question, part) if part["choices"] else number_faults(question, part)
        )


def choice_faults(question, part):
    choices, quantity = part["choices"], part["ask"]["quantity"]
    if sum(c["correct"] for c in choices) != 1:
        yield "not exactly one choice is right"
    if len({c["text"] for c in choices}) < len(choices):
        yield "two choices read the same"
    for choice in choices:
        if quantity in CHOICES:
            truth = CHOICES[quantity](question, choice["value"])
        else:
            truth = is_right(part, F(choice["value"]), NUMBERS[quantity](question, part["ask"]))
        if truth != choice["correct"]:
            yield f"{choice['text']} is {truth}, but marked {choice['correct']}"
        if choice["correct"] != (choice["slip"] is None):
            yield "a right choice has a slip, or a wrong one none"


def is_right(part, answer, truth):
    if part["digits"] is None:
        return abs(answer - truth) < 1e-9
    return (
        abs(answer - truth) <= F(1, 2 * 10 ** part["digits"])
        and (answer * 10 ** part["digits"]).denominator == 1
    )


def number_faults(question, part):
    answer, tolerance = F(part["answer"]), F(part["tolerance"])
    quantity = part["ask"]["quantity"]
    if quantity != "weight" and not is_right(
        part, answer, truth := NUMBERS[quantity](question, part["ask"])
    ):
        yield f"{part['label']} is {float(truth)}, not {part['answer']}"
    for slip in part["slips"]:
        if abs(F(slip["value"]) - answer) <= 2 * tolerance:
            yield f"the slip {slip} cannot be told from the answer"


def wrong_questions(exam):
    found = {question["id"]: list(faults(question)) for question in exam["questions"]}
    return {name: what for name, what in found.items() if what}


# What the student reads: formulas are read off the text and compared with the network.

TERM = re.compile(r"([+-]?)\s*(\d+(?:\.\d+)?)?\s*([a-z]\d*)?")
EQUATION = re.compile(r"^(\w+) = (?:(step|sign|ReLU|sigmoid|tanh|a)\()?([^()=]+?)\)?$")


def read_sum(text):
    """Read ``-2 x1 + x2 + 0.5`` into weights by name, the bias under the name None."""
    weights = {}
    for term in re.split(r"(?<=\S) (?=[+-] )", text.strip()):
        sign, size, name = TERM.fullmatch(term).groups()
        weights[name] = F(size or 1) * (-1 if sign == "-" else 1)
    return weights


def equations_read(question):
    for formula in re.findall(r"\$([^$]+)\$", question["text"][0]):
        match = EQUATION.match(formula)
        if match and re.search(r"[xhg]", match[3]) and not re.search("[wuv]", match[3]):
            yield match[1], match[2] or "identity", read_sum(match[3])


WORDS = {"step": "heaviside", "ReLU": "relu", "sigmoid": "logistic"}


def equations_of(network):
    names = network["inputs"]
    for depth, layer in enumerate(network["layers"]):
        letter = "y" if depth == len(network["layers"]) - 1 else "hg"[depth]
        several = len(layer["biases"]) > 1
        here = [f"{letter}{i + 1}" if several else letter for i in range(len(layer["biases"]))]
        for name, row, bias in zip(here, layer["weights"], layer["biases"], strict=True):
            weights = {n: F(w) for n, w in zip(names, row, strict=True) if w is not None}
            yield name, layer["activation"], weights | ({None: F(bias)} if F(bias) else {})
        names = here


@pytest.fixture(scope="module", params=TOPICS)
def exported(request):
    exam = make_exam([request.param], count=60, seed=11)
    return json.loads(render_exam(exam, "json"))


def test_every_answer_is_right(exported):
    assert wrong_questions(exported) == {}


def test_every_level_has_its_questions(exported):
    levels = [question["level"] for question in exported["questions"]]
    assert [levels.count(level) for level in (1, 2, 3)] == [20, 20, 20]


def test_the_formulas_of_the_text_are_the_network_of_the_json(exported):
    for question in exported["questions"]:
        read = list(equations_read(question))
        if question["network"] is None or question["topic"] not in ("outputs", "forward"):
            continue
        if question["topic"] == "outputs" and len(read) == 1:
            # The text writes a(...) and names the activation function in words.
            [(name, _, weights)] = read
            [(_, activation, wanted)] = equations_of(question["network"])
            words = {"heaviside": "step", "logistic": "sigmoid", "relu": "ReLU"}
            assert f"$a$ is the {words.get(activation, activation)}" in question["text"][0]
            assert (name, weights) == ("y", wanted)
            continue
        named = [(name, WORDS.get(a, a), weights) for name, a, weights in read]
        assert named == list(equations_of(question["network"]))


def test_the_letters_of_a_gradient_are_the_weights_of_the_network():
    exam = json.loads(render_exam(make_exam(["backprop"], count=60, seed=3), "json"))
    for question in exam["questions"]:
        values = dict(re.findall(r"\$([uvw]\d) = ([-\d./]+)\$", question["text"][0]))
        for part in question["parts"]:
            letter = re.search(r"∂([uvw]\d)|\$([uvw]\d)'", part["label"])
            name = letter[1] or letter[2]
            assert F(values[name]) == weight_at(question["network"], place_of(part["ask"]))


@pytest.mark.parametrize("change", ["answer", "choice", "network"])
def test_the_evaluator_notices_a_wrong_answer(change):
    exam = make_exam(["forward"], [2], count=1, seed=1, activations=["relu"])
    [question] = json.loads(render_exam(exam, "json"))["questions"]
    if change == "answer":
        question["parts"][-1]["answer"] = str(F(question["parts"][-1]["answer"]) + 1)
    elif change == "network":
        question["network"]["layers"][-1]["biases"] = ["17"]
    else:
        [question] = json.loads(render_exam(make_exam(["separable"], [2], count=1), "json"))[
            "questions"
        ]
        for choice in question["parts"][0]["choices"]:
            choice["correct"] = not choice["correct"]
    assert list(faults(question))
