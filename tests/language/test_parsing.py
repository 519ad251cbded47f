"""The grammar that equations and functions share."""

import pytest

from gradatim.errors import EquationError
from gradatim.language.parsing import heading, read_tree, split_products


def read(text, levels=60):
    return read_tree(text, levels, "nothing")


def shape(text, is_value=None):
    """Return the tree of one expression as nested tuples, nodes with one child left out."""
    tree = read(text)
    if is_value:
        split_products(tree, is_value)
    return shaped(tree)


def shaped(node):
    if not hasattr(node, "data"):
        return str(node)
    parts = [shaped(child) for child in node.children]
    return parts[0] if len(parts) == 1 else (str(node.data), *parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2|x|", ("term", "2", ("absolute", "|", "x", "|"))),
        ("|x||y|", ("term", ("absolute", "|", "x", "|"), ("absolute", "|", "y", "|"))),
        (
            "||x|-1|",
            ("absolute", "|", ("sum", ("absolute", "|", "x", "|"), "-", "1"), "|"),
        ),
        ("x AND NOT y", ("conjunction", "x", "AND", ("opposite", "NOT", "y"))),
        (
            "x or y and z",
            ("expression", "x", "or", ("conjunction", "y", "and", "z")),
        ),
        ("AND(x)", ("call", "AND", "(", "x", ")")),
        ("2^-3^x", ("power", "2", "^", "-", ("power", "3", "^", "x"))),
        ("2πx", ("term", "2", "π", "x")),
    ],
)
def test_what_looks_alike_is_told_by_what_stands_before(text, expected):
    assert shape(text) == expected


def test_a_letter_before_a_bracket_is_a_factor_that_binds_no_tighter_than_others():
    split = shape("1/x(y)^2", is_value=lambda name: name == "x")
    group = ("power", ("group", "(", "y", ")"), "^", "2")
    assert split == ("term", "1", "/", "x", group)
    assert shape("2^x(y)", is_value=lambda name: name == "x") == (
        "term",
        ("power", "2", "^", "x"),
        ("group", "(", "y", ")"),
    )
    assert shape("f(y)", is_value=lambda name: name == "x") == ("call", "f", "(", "y", ")")


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [("f(x, y) = x", "f", ["x", "y"]), (r"\hat{y}(x_1) = x_1", r"\hat{y}", ["x_1"])],
)
def test_a_heading_is_a_name_with_bare_names(text, name, arguments):
    [equation] = (
        read(text).find_data("equation")
        if "," not in text
        else [next(e for e in read(text).find_data("equation") if len(e.children) == 3)]
    )
    found = heading(equation)
    assert found is not None
    assert (found.name, found.arguments) == (name, arguments)


@pytest.mark.parametrize("text", ["f(x)", "f(2x) = x", "x + y = 2", "f(x)^2 = x", "2(x) = x"])
def test_anything_else_is_no_heading(text):
    equations = [e for e in read(text).find_data("equation") if len(e.children) != 1]
    assert all(heading(equation) is None for equation in equations)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("(x", 1, "never closed"),
        ("x)", 2, "closes no bracket"),
        ("|x", 3, "found the end"),
        ("x +", 4, "found the end"),
        (r"\foo x", 1, "has brackets"),
        ("(" * 61 + "x" + ")" * 61, 61, "more than 60 brackets"),
        ("x^" * 61 + "x", 121, "more than 60 brackets, bars or powers"),
    ],
)
def test_what_is_cut_or_nested_wrongly_is_refused_at_its_column(text, column, words):
    with pytest.raises(EquationError, match=words) as caught:
        read(text)
    assert caught.value.column == column
