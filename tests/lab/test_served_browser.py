"""The served page and the widget in Chromium: what only they have."""

import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from gradatim.lab.widget import lab_widget

pytestmark = pytest.mark.slow


@pytest.fixture
def page(chromium):
    """A page in which nothing may go wrong."""
    wrong = []
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def serve(port, table):
    command = [sys.executable, "-m", "gradatim", "lab", str(table), "--target", "y", "--serve"]
    command += ["--questions", "0", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, server.stdout.readline().strip()


def end(server):
    server.terminate()
    server.wait(20)
    server.stdout.close()


def test_a_pupil_chooses_columns_asks_for_proofs_and_the_server_starts_anew(page, tmp_path):
    for name in ("uvicorn", "starlette", "msgspec"):
        pytest.importorskip(name, reason="the extra lab is not installed")
    rows = "".join(f"{k % 5},{k % 7},{k},{'ab'[k > 29]}\n" for k in range(60))
    table = tmp_path / "t.csv"
    table.write_text(f"p,q,r,y\n{rows}")
    server, address = serve(0, table)
    try:
        page.goto(address)
        page.click("#tab-server")
        page.wait_for_selector("text=t.csv: 60 rows, 2 classes")
        page.select_option("[aria-label='x₁']", "r")
        page.wait_for_selector("text=x₁ stands for (r >> visible=true")
        page.click("text=Is it separable?")
        page.wait_for_selector("pre.lines:has-text('separates')")
        end(server)
        page.click("text=Other rows")
        page.wait_for_selector("text=The server does not answer")
        server, again = serve(int(re.search(r":(\d+)/", address)[1]), table)
        assert again == address
        page.click("text=Other rows")
        page.wait_for_selector("text=x₁ stands for (r >> visible=true")
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        page.click("#tab-network")
        assert "r " in page.text_content(".data .about")
    finally:
        end(server)


def test_the_widget_tells_what_the_page_shows_and_the_page_takes_what_it_is_sent(page, tmp_path):
    lab = lab_widget("sigmoid(x1 - 2.5)")
    code = files("gradatim.lab").joinpath("widget.js").read_text(encoding="utf-8")
    values = {"page": lab.page, "height": 800, "state": "", "equation": ""}
    host = tmp_path / "host.html"
    host.write_text(f"""<!doctype html><body><script type="module">
      {code.replace("export default", "const widget =")}
      const values = {json.dumps(values).replace("<", chr(92) + "u003c")};
      const hearing = [];
      const model = {{
        get: (name) => values[name],
        set: (name, value) => (values[name] = value),
        save_changes: () => (document.title = values.equation),
        on: (name, listener) => hearing.push(listener),
        off: () => {{}},
      }};
      window.state = () => values.state;
      window.change = (state) => {{
        values.state = state;
        for (const listener of hearing) listener();
      }};
      widget.render({{ model, el: document.body }});
    </script>""")
    page.goto(host.as_uri())

    def becomes(equation):
        page.wait_for_function("(wanted) => document.title === wanted", arg=equation)

    becomes("sigmoid(x1 - 2.5)")
    first = page.evaluate("state()")
    frame = page.frames[1]
    frame.fill("input.equation", "tanh(2x1 + 1)")
    becomes("tanh(2x1 + 1)")
    frame.click("#tab-network")
    page.evaluate("(code) => change(code)", first)
    becomes("sigmoid(x1 - 2.5)")
    assert frame.get_attribute("#tab-neuron", "aria-selected") == "true"
