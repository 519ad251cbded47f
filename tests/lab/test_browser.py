"""The page in Chromium, from ``file://``: played through by pointer and by keyboard."""

import json
import re

import pytest

pytestmark = pytest.mark.slow


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
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened(viewport={"width": width, "height": 800}, color_scheme="dark")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for tab in ("neuron", "network", "wall", "proofs", "practice"):
            page.click(f"#tab-{tab}")
            page.wait_for_timeout(100)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


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
