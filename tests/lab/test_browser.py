"""The page in Chromium, from ``file://``: played through by pointer and by keyboard.

Skipped, and said so, where Playwright or a browser is missing.
"""

import json
import re

import numpy as np
import pytest

import gradatim
from gradatim.collection import Collection, CycleSound
from gradatim.lab import (
    Lesson,
    lesson_from_collection,
    lesson_from_network,
    lesson_from_problem,
    write_lab,
)
from tests.views.running import running_chromium

pytestmark = pytest.mark.slow

EXAM = gradatim.make_exam(["outputs"], [1], count=3, seed=2)


@pytest.fixture(scope="module")
def chromium():
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_lab(Lesson(), tmp_path_factory.mktemp("lab") / "lab.html", EXAM)


@pytest.fixture
def opened(chromium, path):
    """Open pages; whatever goes wrong in one, or would be loaded, fails the test."""
    contexts, wrong = [], []

    def open_page(address=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on(
            "dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}") or dialog.dismiss()
        )
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "blob:")) else wrong.append(r.url),
        )
        page.goto(address or path.as_uri())
        page.wait_for_selector(".tabs")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def equation(page):
    return page.input_value("input.equation")


def test_the_lectures_neuron_gives_its_four_outputs_and_classes(opened):
    page = opened()
    assert equation(page) == "sigmoid(x1 - 2.5)"
    for x, output, label in ((0, "0.08", 0), (1, "0.18", 0), (3, "0.62", 1), (5, "0.92", 1)):
        page.fill('[aria-label="x 1, as a number"]', str(x))
        assert page.text_content(".answer .value") == output
        assert page.text_content(".answer .name") == f"class {label}"


def test_equation_sliders_graph_and_picture_follow_each_other(opened):
    page = opened()
    page.fill("input.equation", "tanh(-2x1 + 3)")
    assert page.input_value('[aria-label="w 1"]') == "-2"
    assert "threshold 0" in page.text_content(".plane")
    assert "x₁ = 1.5" in page.text_content(".plane")
    page.focus('[aria-label="w 0"]')
    page.keyboard.press("ArrowRight")
    assert equation(page) == "tanh(-2x1 + 3.1)"
    page.select_option("label:has-text('function') select >> nth=0", "relu")
    assert equation(page) == "relu(-2x1 + 3.1)"
    page.fill("input.equation", "relu(x1^2)")
    assert page.get_attribute("input.equation", "aria-invalid") == "true"
    page.click(".card >> nth=0")
    assert equation(page) == "relu(-2x1 + 3.1)"


def drag(page, selector, dx, dy):
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_a_weight_the_input_and_a_point_are_dragged_and_undone(opened):
    page = opened()
    drag(page, '[data-weight="w1"]', 60, 0)
    dragged = equation(page)
    assert re.fullmatch(r"sigmoid\((1|2)\.\d+x1 - 2\.5\)", dragged)
    drag(page, "circle.probe", -40, 0)
    assert float(page.input_value('[aria-label="x 1, as a number"]')) < 3
    page.click("text=Undo")
    page.click("text=Undo")
    assert equation(page) == "sigmoid(x1 - 2.5)"
    page.check('[value="2"][type=radio]')
    before = page.get_attribute(".point >> nth=0", "aria-label")
    drag(page, ".point >> nth=0", -30, 10)
    assert page.get_attribute(".point >> nth=0", "aria-label") != before


def test_line_of_two_groups_is_found_and_used_and_xor_has_none(opened):
    page = opened()
    page.check('[value="2"][type=radio]')
    page.click("text=Is there a line?")
    assert "checked without rounding" in page.text_content(".plane-tools .answer")
    page.click("text=Use this line")
    assert page.text_content(".plane-tools .score") == "12 of 12 points on their side."
    page.select_option(".plane-tools select", "xor")
    page.click("text=Is there a line?")
    assert page.text_content(".plane-tools .answer").startswith("No: the segment")
    assert page.locator("polygon.witness").count() == 2


def test_perceptron_rule_ends_where_a_line_exists(opened):
    page = opened()
    page.fill("input.equation", "step(x1 - x2)")
    page.select_option(".plane-tools select", "and")
    for _ in range(60):
        page.click("text=One step of the perceptron rule")
        if "changes nothing" in page.text_content(".plane-tools .answer"):
            break
    assert page.text_content(".plane-tools .score") == "4 of 4 points on their side."


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
    assert equation(other) == "sign(0.3x1 - x2 + 0.1)"


def test_the_address_follows_and_reload_keeps_the_state(opened):
    page = opened()
    page.fill("input.equation", "tanh(4x1)")
    page.wait_for_function("() => location.hash.length > 20")
    page.wait_for_timeout(400)
    page.reload()
    assert equation(page) == "tanh(4x1)"


@pytest.mark.parametrize(
    "hash_text",
    [
        "#s=AAAA",
        "#s=<script>alert(1)</script>",
        "#s=javascript:alert(1)",
        "#s=" + "A" * 5000,
        "#s=",
    ],
)
def test_a_hostile_link_is_told_and_the_page_works(opened, path, hash_text):
    page = opened(path.as_uri() + hash_text)
    assert "cannot be read" in page.text_content(".message")
    assert equation(page) == "sigmoid(x1 - 2.5)"


def test_exercises_are_answered_checked_and_scored(opened):
    page = opened()
    page.click("#tab-practice")
    lesson = json.loads(page.text_content("#lesson"))
    for number, parts in enumerate(lesson["practice"]):
        article = page.locator("article").nth(number)
        for i, part in enumerate(parts):
            row = article.locator(".part-row").nth(i)
            if part["choices"]:
                right = next(k for k, choice in enumerate(part["choices"]) if choice["right"])
                # The second question is answered wrongly.
                row.locator("input").nth(right if number != 1 else (right + 1) % 2).check()
            else:
                row.locator("input").fill(part["answer"] if number != 1 else "99")
        article.locator("button:has-text('Check')").click()
        assert article.locator(".solution").is_visible()
        if number < 2:
            page.click("text=Next question")
    assert page.text_content(".practice-foot .score").startswith("2")
    assert page.text_content(".practice-foot .score").endswith("of 3 right")


def test_an_open_part_is_no_attempt(opened):
    page = opened()
    page.click("#tab-practice")
    page.click("article:visible button:has-text('Check')")
    assert "still open" in page.text_content("article:visible .verdict")
    assert not page.locator("article:visible .solution").is_visible()


def test_keyboard_alone_trains_and_chooses(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tab-neuron"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-network"
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Train":
            break
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.epochs').textContent !== '0'")
    page.keyboard.press("Enter")
    assert page.text_content("button.primary >> nth=0") == "Train"
    page.focus(".ring")
    before = page.get_attribute(".ring", "aria-label")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute(".ring", "aria-label") != before
    page.keyboard.press("1")
    assert page.input_value(".data select") == "own"
    page.keyboard.press("Control+z")
    assert page.input_value(".data select") == "circles"


def test_points_are_moved_and_changed_by_keys(opened):
    page = opened()
    page.check('[value="2"][type=radio]')
    point = page.locator(".point").first
    point.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    moved = page.locator(".point").first
    assert "at 1.16, 1.50" in moved.get_attribute("aria-label")
    assert page.evaluate("document.activeElement.classList.contains('point')")
    page.keyboard.press("Enter")
    assert "of class 0" in page.locator(".point").first.get_attribute("aria-label")
    page.keyboard.press("Delete")
    assert page.locator(".point").count() == 11


@pytest.mark.parametrize("width", [400, 1280, 3840])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(opened, width, scheme):
    page = opened(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for tab in ("neuron", "network", "wall", "proofs", "practice"):
        page.click(f"#tab-{tab}")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


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


def test_a_link_may_show_one_tab_alone(opened, path):
    page = opened()
    page.click("#tab-practice")
    page.click("text=Share")
    page.check("text=only this tab")
    link = page.input_value("input.link")
    assert link.endswith("&only")
    context = page.context.browser.new_context()
    other = context.new_page()
    other.goto(link)
    other.wait_for_selector("article:visible")
    assert not other.locator(".tabs").is_visible()
    other.click("article:visible button:has-text('Show the answer')")
    other.reload()
    other.wait_for_selector("article:visible")
    assert not other.locator(".tabs").is_visible()
    context.close()


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


def test_an_embedding_page_is_told_of_answers(opened, path, tmp_path):
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe src="{path.as_uri()}" width="900" height="800"></iframe>'
        "<script>onmessage = ({ data }) => { if (data.question) window.told = data; };</script>"
    )
    lab = opened().context.new_page()
    lab.goto(outer.as_uri())
    frame = lab.frame_locator("iframe")
    frame.locator("#tab-practice").click()
    frame.locator("article:visible button:has-text('Show the answer')").click()
    lab.wait_for_function("() => window.told")
    told = lab.evaluate("window.told")
    assert (told["gradatim"], told["question"]) == (1, 1)
    assert told["score"] == [0, None, None]
    assert re.fullmatch(r"[\w-]{50,}", told["state"])


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


def test_proofs_are_shown_in_words(opened):
    page = opened()
    page.click("#tab-proofs")
    assert page.text_content(".proof-answer >> nth=0").startswith("No: the circled point")
    page.check("[value=sum]")
    for _ in range(3):
        page.click("text=Add one")
    assert "The largest error is 0.2495, at" in page.text_content(".proof:visible .proof-answer")
    page.fill('[aria-label="function of x"]', "<script>alert(1)</script>")
    assert "not understood" in page.text_content(".proof:visible .note")
    page.fill('[aria-label="function of x"]', "x")
    page.check(".proof [value=relu]")
    assert "error is 0.0000" in page.text_content(".proof:visible .proof-answer")
    page.check("[value=sawtooth]")
    page.focus('[aria-label="hidden layers after the first"]')
    page.keyboard.press("End")
    assert "256 straight pieces" in page.text_content(".proof:visible .proof-answer")


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


def test_an_embedding_page_may_give_a_state_back(opened, path, tmp_path):
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe src="{path.as_uri()}" width="900" height="800"></iframe>'
        "<script>onmessage = ({ data }) => { window.told = data; };</script>"
    )
    lab = opened().context.new_page()
    lab.goto(outer.as_uri())
    frame = lab.frame_locator("iframe")
    lab.wait_for_function("() => window.told")
    first = lab.evaluate("window.told.state")
    frame.locator("input.equation").fill("tanh(3x1)")
    lab.wait_for_function("first => window.told.state !== first", arg=first)
    told = lab.evaluate("window.told")
    assert (told["gradatim"], told["answer"], told["score"]) == (1, None, None)
    frame.locator("input.equation").fill("sign(x1)")
    for state in ("<script>", told["state"]):
        lab.evaluate(
            "state => document.querySelector('iframe').contentWindow"
            ".postMessage({ gradatim: 1, set: state }, '*')",
            state,
        )
    lab.wait_for_timeout(200)
    assert frame.locator("input.equation").input_value() == "tanh(3x1)"


SCRIPTS = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload='window.hacked = 1'>",
    "javascript:window.hacked=1",
    "${window.hacked = 1}",
    "');window.hacked = 1;('",
    '"><iframe srcdoc="<script>parent.hacked = 1</script>">',
    "constructor.constructor('window.hacked = 1')()",
    "__proto__",
    "\N{RIGHT-TO-LEFT OVERRIDE}</title><script>window.hacked = 1</script>",
)


def test_a_hundred_payloads_from_links_tables_formulas_and_messages_run_nothing(opened):
    page = opened()
    page.wait_for_function("() => location.hash.length > 3")
    code = page.evaluate("location.hash.slice(3)")
    ends = ("{}", "s={}", f"s={code}{{}}", f"s={code}&hide={{}}", f"s={code}&only&hide=points,{{}}")
    tried = 0
    for text in SCRIPTS:
        for end in ends:
            page.evaluate("hash => { location.hash = hash; }", end.format(text))
            tried += 1
        page.evaluate("set => window.postMessage({ gradatim: 1, set }, '*')", text)
        tried += 1
    page.evaluate("() => { location.hash = 's=&'; }")
    page.click("#tab-network")
    for text in SCRIPTS:
        names = (f"{text},b,c", f"a,b,{text}")
        for head in names:
            rows = "".join(f"{k},{k % 5},{(text, 'z')[k % 2]}\n" for k in range(8))
            content = f"{head}\n{rows}".encode()
            table = {"name": f"{text[:9]}.csv", "mimeType": "text/csv", "buffer": content}
            page.set_input_files(".file input", table)
            tried += 1
    page.click("summary")
    page.select_option(".data select", "formula")
    page.fill('[aria-label="formula"]', "x")
    for text in SCRIPTS:
        page.fill('[aria-label="formula"]', text)
        page.keyboard.press("Enter")
        tried += 1
    page.click("#tab-proofs")
    page.check("[value=sum]")
    for text in SCRIPTS:
        page.fill('[aria-label="function of x"]', text)
        tried += 1
    assert tried == 100
    assert page.evaluate(
        "window.hacked === undefined && !document.querySelector('iframe, main img')"
    )
