import pytest

from gradatim.drawing import plot_activations, save_plot
from gradatim.errors import OutputError


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_the_same_plot_gives_the_same_bytes(suffix, tmp_path):
    first, second = (
        save_plot(plot_activations(["relu"]), tmp_path / f"{name}{suffix}") for name in "ab"
    )
    assert first.read_bytes() == second.read_bytes()


def test_the_label_of_a_plot_is_its_text_alternative(tmp_path):
    text = save_plot(plot_activations(["relu"]), tmp_path / "relu.svg").read_text("utf-8")
    assert '<title id="title">Activation functions and their derivatives</title>' in text
    assert '<desc id="description">relu, a ≥ 0.</desc>' in text


def test_a_plot_is_no_graph(tmp_path):
    with pytest.raises(OutputError, match=r"\.svg, \.pdf or \.png"):
        save_plot(plot_activations(["relu"]), tmp_path / "relu.dot")
