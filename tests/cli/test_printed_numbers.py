"""Numbers that are printed are so: every chain of equalities is computed again from what it shows.

A side that is arithmetic is worked out in fractions; ``=`` must hold exactly, ``≈`` nearly.
"""

import ast
import math
import operator
import re
from fractions import Fraction

import pytest

from gradatim.cli import main
from gradatim.exercises import make_exam
from gradatim.exercises.formats.fragments import plain_text

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": lambda z: Fraction(math.tanh(z)) if z else Fraction(0),
    "relu": lambda z: max(z, Fraction(0)),
    "ReLU": lambda z: max(z, Fraction(0)),
    "max": max,
    "step": lambda z: Fraction(z >= 0),
    "sign": lambda z: Fraction((z > 0) - (z < 0)),
    "identity": lambda z: z,
    "exp": math.exp,
    "ln": math.log,
}
# Factors side by side stand for a product only in formulas, which are not worked out.
_ARITHMETIC = re.compile(r"(?:[-+*/^(),. ]|\d|e-?\d|[a-zA-Z]+(?=\())+")


def worked_out(text):
    """Return the value of a side that is arithmetic, else None."""
    text = text.strip().replace("·", "*").replace("\N{MINUS SIGN}", "-").replace("²", "^2")
    if not _ARITHMETIC.fullmatch(text) or not re.search(r"\d", text):
        return None
    try:
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
        return Fraction(_value(tree, text.replace("^", "**")))
    except (SyntaxError, KeyError, ZeroDivisionError, ValueError):
        return None


def _value(node, text):
    if isinstance(node, ast.Constant):
        return Fraction(ast.get_source_segment(text, node))
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, text)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, text), _value(node.right, text)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.Call):
        return _FUNCTIONS[node.func.id](*(_value(one, text) for one in node.args))
    raise KeyError(node)


def relations(line):
    """Yield neighbors of a chain that can both be worked out, and the sign between them."""
    parts = re.split(r"(?<![<>])([=≈])", line)
    for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        values = worked_out(left), worked_out(right)
        if None not in values:
            yield (*values, sign, f"{left}{sign}{right}")


def check(lines):
    """Check every relation; return how many there were."""
    n = 0
    for line in lines:
        for left, right, sign, text in relations(line):
            n += 1
            if sign == "=":
                assert left == pytest.approx(right, rel=1e-14, abs=1e-300), text
            else:
                decimals = re.search(r"\.(\d+)\s*$", text)
                half = 0.51 * 10.0 ** -(len(decimals[1]) if decimals else 0)
                close = pytest.approx(
                    float(right), rel=1e-4, abs=0 if re.search(r"\de-", text) else half
                )
                assert float(left) == close, text
    return n


@pytest.mark.parametrize(
    "arguments",
    [
        ["tanh(0.8x1 + 0.4)"],
        ["0.8x1 + 0.4", "--steps", "2"],
        ["tanh(relu(x1 - 0.3) - 1/3)"],
        ["sigmoid(0.1x1)", "--loss", "binary"],
        ["relu(1.23456789x1 - 16000000000.5)"],
        ["step(x1) - 0.7 sign(x1) + 2"],
    ],
)
def test_every_equality_of_a_step_holds(capsys, tmp_path, arguments):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n1,1\n-2,0\n1.2345678,1\n")
    assert main(["step", *arguments, "--data", str(table)]) == 0
    out = capsys.readouterr().out
    assert check(out.splitlines()) > 10
    assert "≈" in out or arguments[0] in ("0.8x1 + 0.4", "step(x1) - 0.7 sign(x1) + 2")


@pytest.mark.parametrize("options", [[], ["--digits", "0"], ["--digits", "3"], ["--exact"]])
@pytest.mark.parametrize(
    "equation", ["sigmoid(x1)", "tanh(relu(x1) - 1/3)", "step(x1 - 0.3)", "tanh(x1); x1/7"]
)
def test_every_equality_of_an_evaluation_holds(capsys, equation, options):
    points = [part for x in ("0.1", "3", "40", "0.001", "-1/3") for part in ("--at", f"x1={x}")]
    assert main(["eval", equation, *points, *options]) == 0
    cells = [
        cell for line in capsys.readouterr().out.splitlines() for cell in re.split(r"\s{2,}", line)
    ]
    assert check(cell for cell in cells if "(" in cell) > 0 or options == ["--digits", "0"]


@pytest.mark.parametrize("seed", range(20))
def test_every_equality_of_a_worked_answer_holds(seed):
    exam = make_exam(count=9, seed=seed)
    lines = [plain_text(line) for question in exam.questions for line in question.solution]
    assert check(re.split(r"[;:,] | where | and |\.\s", line)[0] for line in lines) > 0
