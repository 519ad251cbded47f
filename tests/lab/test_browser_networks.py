"""Networks of the page in Chromium: built, trained, raced and shared."""

import json

import numpy as np
import pytest

import gradatim
from gradatim.collection import Collection, CycleSound
from gradatim.lab import (
    lesson_from_collection,
    lesson_from_network,
    lesson_from_problem,
    write_lab,
)

pytestmark = pytest.mark.slow


def train_until(page, right="100 % right"):
    page.click("button:has-text('Train')")
    page.wait_for_function(
        "text => document.querySelector('.figure.train')?.textContent.includes(text)", arg=right
    )
    page.click("button:has-text('Pause')")


def test_a_network_learns_pauses_and_is_undone(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option(".data select", "xor")
    start = page.get_attribute(".wire >> nth=0", "stroke-width")
    train_until(page)
    page.wait_for_timeout(150)
    epochs = page.text_content(".epochs")
    page.wait_for_timeout(200)
    assert page.text_content(".epochs") == epochs != "0"
    assert page.get_attribute(".wire >> nth=0", "stroke-width") != start
    page.click("text=Undo")
    page.wait_for_function("() => document.querySelector('.epochs').textContent === '0'")
    assert page.get_attribute(".wire >> nth=0", "stroke-width") == start


def test_one_step_changes_the_weights_against_their_slopes(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option('[aria-label="optimizer"]', "sgd")
    page.select_option('[aria-label="learning rate"]', "1")
    page.click("button.unit >> nth=3")
    field = page.locator(".unit-card input[type=number]").first
    before = float(field.input_value())
    page.click("button:text-is('One step')")
    page.wait_for_function(
        "() => document.querySelector('.unit-card tbody tr td:nth-child(5)').textContent !== '–'"
    )
    slope = page.text_content(".unit-card tbody tr >> nth=0 >> td >> nth=3").replace(
        "\N{MINUS SIGN}", "-"
    )
    assert float(field.input_value()) - before == pytest.approx(-float(slope), abs=2e-4)


def test_layers_units_functions_and_edges_are_changed_while_it_trains(opened):
    page = opened()
    page.click("#tab-network")
    page.click("button:has-text('Train')")
    page.click('[aria-label="One more hidden layer"]')
    assert page.locator(".column-head").count() == 5
    page.click('[aria-label="One more unit in hidden layer 1"]')
    assert page.locator("button.unit").count() == 2 + 5 + 3 + 3 + 1
    page.select_option('[aria-label="Function of hidden layer 2"]', "heaviside")
    assert "slope 0" in page.text_content(".caption")
    page.click("button.unit >> nth=2")
    page.uncheck(".unit-card tbody input[type=checkbox] >> nth=0")
    assert page.locator(".wire.cut").count() == 1
    page.wait_for_timeout(200)
    assert page.locator(".wire.cut").count() == 1
    page.fill(".unit-card tbody input[type=number] >> nth=1", "2.5")
    page.click("button:has-text('Pause')")
    page.click('[aria-label="One hidden layer less"]')
    assert page.locator(".column-head").count() == 4


def test_points_of_a_third_class_are_drawn_and_a_softmax_tells_them(opened):
    page = opened()
    page.click("#tab-network")
    page.click("text=Remove all points")
    box = page.locator(".map").bounding_box()
    for label, places in (
        ("2", [(0.2, 0.8), (0.25, 0.85)]),
        ("0", [(0.3, 0.6)]),
        ("1", [(0.8, 0.3)]),
    ):
        page.check(f'.tools [value="{label}"]')
        for x, y in places:
            page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert page.input_value("[aria-label='Function of the output']") == "softmax"
    page.select_option('[aria-label="learning rate"]', "0.1")
    train_until(page)
    page.click("summary")
    assert "as class 2" in page.text_content(".confusion-table")


def test_a_line_is_drawn_as_a_curve(opened, tmp_path):
    other = write_lab(lesson_from_problem("intervals"), tmp_path / "line.html")
    page = opened(other.as_uri())
    assert page.locator("button.unit").count() == 1 + 4 + 3 + 1
    assert "x₁ stands for (x \N{MINUS SIGN} 75) / 50" in page.text_content(".about >> nth=0")
    train_until(page)


def test_a_link_brings_everything_to_a_fresh_profile(opened):
    page = opened()
    page.fill("input.equation", "sign(0.3x1 - x2 + 0.1)")
    page.click("#tab-network")
    page.click('[aria-label="One more unit in hidden layer 1"]')
    train_until(page)
    page.click("text=Share")
    page.check("text=every digit")
    link = page.input_value("input.link")
    page.select_option("dialog select", "equation")
    text = page.input_value("dialog textarea")
    network = gradatim.parse(text)
    assert network.layer_sizes == (2, 5, 3, 1)

    other = opened(link)
    assert other.get_attribute("#tab-network", "aria-selected") == "true"
    other.click("text=Share")
    other.select_option("dialog select", "equation")
    assert other.input_value("dialog textarea") == text
    other.click("text=Close")
    other.click("#tab-neuron")
    assert other.input_value("input.equation") == "sign(0.3x1 - x2 + 0.1)"


def test_where_motion_is_reduced_pictures_change_twice_a_second(opened):
    page = opened(reduced_motion="reduce")
    page.click("#tab-network")
    page.evaluate(
        "window.began = performance.now();"
        "new MutationObserver(() => (window.changes = (window.changes ?? 0) + 1))"
        ".observe(document.querySelector('.epochs'), { childList: true })"
    )
    page.click("button:has-text('Train')")
    page.wait_for_timeout(1200)
    # On a busy machine more than that time has passed.
    seconds = page.evaluate("(performance.now() - window.began) / 1000")
    assert 1 <= page.evaluate("window.changes") <= 2 * seconds + 2


def test_the_lectures_hyperplane_stands_in_the_space_before_the_output(opened, tmp_path):
    network = gradatim.parse("step(step(-x+50) + step(x-100) - 1)")
    other = write_lab(lesson_from_network(network), tmp_path / "interval.html")
    page = opened(other.as_uri())
    page.wait_for_function(
        "() => document.querySelector('.figure.train')?.textContent.includes('100 %')"
    )
    assert "draw this line. A point on the line is of class 1." in page.text_content(".z-card")
    page.click('[aria-label="One more unit in hidden layer 1"]')
    assert "With two units" in page.text_content(".z-card")
    assert page.locator(".z-card select").count() == 2
    page.click('[aria-label="One hidden layer less"]')
    assert not page.locator(".z-card").is_visible()


def test_three_race_on_the_points_of_the_network_equally_long(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option(".data select", "xor")
    page.click("#tab-race")
    assert page.locator(".race-cards h2").all_text_contents() == ["Perceptron", "Shallow", "Deep"]
    page.click("button:text-is('Race')")
    page.wait_for_function(
        "() => /shallow within .*deep within/.test("
        "document.querySelector('.race-view .answer').textContent)"
    )
    page.click(".race-view button:text-is('Pause')")
    figures = page.locator(".race-figures").all_text_contents()
    assert not figures[0].startswith("100 %")
    assert figures[1].startswith("100 %")
    assert figures[2].startswith("100 %")
    page.click(".race-view button:text-is('Start again')")
    page.wait_for_function("() => document.querySelector('.race-view .epochs').textContent === '0'")


def test_a_table_of_ones_own_is_dropped_in_and_learned(opened, tmp_path):
    rows = "".join(f"{k},{k * k % 11},{'high' if k > 20 else 'low'}\n" for k in range(40))
    (tmp_path / "mine.csv").write_text(f"tempo,energy,kind\n{rows}")
    (tmp_path / "bad.csv").write_text("<script>alert(1)</script>\n")
    page = opened()
    page.click("#tab-network")
    page.set_input_files(".file input", tmp_path / "mine.csv")
    page.wait_for_function(
        "() => document.querySelector('.data .about').textContent.includes('tempo')"
    )
    assert page.input_value(".data select") == "own"
    assert "class 0 is high" in page.text_content(".data .about").lower()
    train_until(page)
    page.set_input_files(".file input", tmp_path / "bad.csv")
    page.wait_for_function(
        "() => document.querySelector('.data .about').textContent.includes('two rows')"
    )
    assert page.input_value(".data select") == "own"


def test_training_that_diverges_is_told_and_can_be_undone(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option(".data select", "checkerboard-4")
    page.select_option('[aria-label="optimizer"]', "sgd")
    page.select_option('[aria-label="learning rate"]', "1")
    page.select_option("[aria-label='Function of hidden layer 1']", "identity")
    page.select_option("[aria-label='Function of hidden layer 2']", "identity")
    page.select_option("[aria-label='Function of the output']", "identity")
    page.click("button:has-text('Train')")
    page.wait_for_function(
        "() => document.querySelector('.caption').textContent.includes('smaller learning rate')"
    )
    assert page.text_content("button.primary >> nth=0") == "Train"
    page.click("text=Undo")
    page.wait_for_function("() => document.querySelector('.epochs').textContent === '0'")
    page.select_option('[aria-label="learning rate"]', "0.001")
    page.click("button:has-text('Train')")
    page.wait_for_function("() => document.querySelector('.epochs').textContent !== '0'")


def test_points_of_a_collection_are_heard(opened, tmp_path):
    tone = CycleSound(np.sin(np.linspace(0, 2 * np.pi, 64, endpoint=False)), 220.0, 8000)
    X = np.array([[0.0, 0.0], [1.0, 1.0], [0.2, 0.1], [0.9, 1.0]])
    names = np.array(["low 1", "high 1", "low 2", "high 2"])
    y = np.array(["low", "high"] * 2)
    c = Collection("c", {"a": X}, y, "classification", names, media=[tone] * 4)
    page = opened(write_lab(lesson_from_collection(c, "c"), tmp_path / "c.html").as_uri())
    page.click("text=Play the nearest sound")
    page.wait_for_function(
        "() => /high|low/.test(document.querySelector('.listen [role=status]').textContent)"
    )
    # Standardized, low 1 lies at the lower left.
    box = page.locator(".map").bounding_box()
    table = json.loads(page.text_content("#lesson"))["table"]
    place = next(int(k) for k, one in table["sounds"].items() if one["name"] == "low 1")
    reach = 1.1 * max(1, *(abs(v) for row in table["X"] for v in row))
    x, y = table["X"][place]
    page.mouse.click(
        box["x"] + (x / reach + 1) / 2 * box["width"],
        box["y"] + (1 - y / reach) / 2 * box["height"],
    )
    page.wait_for_function(
        "() => document.querySelector('.listen [role=status]').textContent === 'low 1, low'"
    )


def test_a_changed_start_of_the_weights_is_undone_too(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option('[aria-label="first weights"]', "zeros")
    page.click("text=Undo")
    assert page.input_value('[aria-label="first weights"]') == "glorot"


def test_the_focus_stays_where_the_graph_is_made_anew(opened):
    page = opened()
    page.click("#tab-network")
    page.focus('[aria-label="One more unit in hidden layer 1"]')
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator("button.unit").count() == 2 + 6 + 3 + 1
    page.click("button.unit >> nth=2")
    page.select_option(".unit-card select", "relu")
    assert "ReLU of it" in page.text_content(".unit-card .steps")
    assert page.input_value('[aria-label="Function of hidden layer 1"]') == ""


def test_the_wall_learns_is_sorted_and_opens_one(opened):
    page = opened()
    page.click("#tab-wall")
    assert page.locator("button.tile").count() == 64
    page.click("button:text-is('Train all')")
    page.wait_for_function(
        "() => Number(document.querySelector('.wall-view .epochs').textContent) > 3"
    )
    page.click(".wall-view button:text-is('Pause')")
    page.check(".wall-view [value=best]")
    page.wait_for_function(
        "() => /^100%|^9/.test(document.querySelector('button.tile span').textContent)"
    )
    shown = page.locator("button.tile span").all_text_contents()
    shares = [int(text.split("%")[0]) for text in shown]
    assert shares == sorted(shares, reverse=True)
    size, seed = shown[0].split(" ")[1].rstrip(","), shown[0].split(" ")[2]
    page.click("button.tile >> nth=0")
    assert page.get_attribute("#tab-network", "aria-selected") == "true"
    hidden = [] if size == "none" else size.split("·")
    assert page.locator(".pair b").all_text_contents() == hidden
    assert page.input_value('[aria-label="Seed of the weights"]') == seed
    page.wait_for_function(
        "(share) => document.querySelector('.figure.held').textContent.includes(share)",
        arg=f"{shares[0]} % right",
    )


def test_a_formula_is_learned_as_a_curve_that_points_bend(opened):
    page = opened()
    page.click("#tab-network")
    page.select_option(".data select", "formula")
    assert page.input_value('[aria-label="Function of the output"]') == "identity"
    page.fill('[aria-label="formula"]', "2x + 1")
    page.keyboard.press("Enter")
    assert "The network learns (y" in page.text_content(".data .about")
    page.click("button:has-text('Train')")
    page.wait_for_function(
        "() => /off by 0[.][0-6]/.test(document.querySelector('.figure.held')?.textContent)"
    )
    page.click("button:has-text('Pause')")
    page.check('.tools [value="0"]')
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    assert page.input_value(".data select") == "curve"
    page.select_option(".data select", "formula")
    page.fill('[aria-label="formula"]', "y > x^2")
    page.keyboard.press("Enter")
    assert page.input_value('[aria-label="Function of the output"]') == "logistic"
    page.fill('[aria-label="formula"]', "alert(1)")
    page.keyboard.press("Enter")
    assert "not understood" in page.text_content(".data .about")
