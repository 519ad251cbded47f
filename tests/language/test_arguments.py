"""Arguments without brackets: what they are, and where nobody can tell."""

import pytest

from gradatim.errors import EquationError
from gradatim.language.parsing import read_tree


def shape(text):
    """Return what a text is, without its positions and the brackets of LaTeX."""
    tree = read_tree(text, 50, "nothing")

    def plain(node):
        if not hasattr(node, "data"):
            return str(node)
        return (str(node.data), *map(plain, node.children))

    return plain(tree)


@pytest.mark.parametrize(
    ("bare", "bracketed"),
    [
        (r"\sin x", r"\sin(x)"),
        (r"\sin 2\pi x", r"\sin(2\pi x)"),
        (r"\tanh x_1 + 1", r"\tanh(x_1) + 1"),
        (r"\tanh 2x_1 - 3x_2", r"\tanh(2x_1) - 3x_2"),
        (r"\exp -x^2", r"\exp(-x^2)"),
        (r"\exp x²", r"\exp(x²)"),
        (r"\sin x^{2} + 1", r"\sin(x^{2}) + 1"),
        (r"\sin^2 x", r"\sin^2(x)"),
        (r"\cos^{2} 3x", r"\cos^{2}(3x)"),
        (r"2\sin x\cos x", r"2\sin(x)\cos(x)"),
        (r"\sin x \cdot \cos x", r"\sin(x) \cdot \cos(x)"),
        (r"\sin x \cdot cos(x)", r"\sin(x) \cdot cos(x)"),
        (r"\sin{2\pi x}", r"\sin({2\pi x})"),
        (r"\sin\frac{\pi x}{2}", r"\sin(\frac{\pi x}{2})"),
        (r"\sin\frac12 x", r"\sin(\frac12 x)"),
        (r"\ln\sqrt{x}", r"\ln(\sqrt{x})"),
        (r"\ln |x + 1| - 1", r"\ln(|x + 1|) - 1"),
        (r"\sin \cos x", r"\sin(\cos(x))"),
        (r"\sin \cos x \cdot \cos x", r"\sin(\cos(x)) \cdot \cos(x)"),
        (r"\sin \cos(x)", r"\sin(\cos(x))"),
        (r"\frac{\sin x}{2}", r"\frac{\sin(x)}{2}"),
        (r"(\sin x)(2)", r"(\sin(x))(2)"),
        (r"|\sin x|", r"|\sin(x)|"),
        (r"\sin\frac{\cos x}{2}", r"\sin(\frac{\cos(x)}{2})"),
        (r"\tanh x_1; \tanh x_2", r"\tanh(x_1); \tanh(x_2)"),
        (r"y = \tanh x", r"y = \tanh(x)"),
        (r"\operatorname{ReLU} x_1", r"\operatorname{ReLU}(x_1)"),
        ("√x + 1", "√(x) + 1"),
        ("√2 x", "√(2) x"),
    ],
)
def test_an_argument_without_brackets_is_read_as_if_it_had_them(bare, bracketed):
    assert shape(bare) == shape(bracketed)


@pytest.mark.parametrize(
    "text",
    [
        r"\sin x/2",
        r"\sin x \cdot 2",
        r"\sin x e^{-x}",
        r"\sin x^2 x",
        r"\sin x 2",
        r"\sin 2x (x + 1)",
        r"\sin{x} y",
        r"\ln |x| y",
        r"\sin{x}^2",
        r"\sin x |x|",
        r"\sin x \frac{1}{2}",
        r"\sin \cos x / 2",
        r"\sin " * 21 + "x",
        r"\sin " * 5000 + "x",
    ],
)
def test_an_argument_that_may_end_in_two_places_is_refused(text):
    with pytest.raises(EquationError, match=r"it is not clear where the argument of .* ends"):
        read_tree(text, 50, "nothing")


@pytest.mark.parametrize(
    "text", [r"\sin", r"\sin + x", r"\sin }", r"\sin x (x + 1)", "√", r"\ln = 3"]
)
def test_a_function_without_an_argument_is_refused(text):
    with pytest.raises(EquationError, match=r'expected "\("'):
        read_tree(text, 50, "nothing")


def test_plain_words_keep_their_brackets():
    # "sin 2x" may be a product of names.
    assert shape("sin x") != shape("sin(x)")
