"""The views' logic is tested in JavaScript, in the ``*.test.mjs`` files beside this one."""

import re
from pathlib import Path

import pytest

from gradatim import views
from gradatim.errors import SpecError
from tests.views.running import run_node

HERE = Path(__file__).parent


@pytest.mark.parametrize("test_file", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.name)
def test_javascript_tests_pass(test_file):
    result = run_node("--test", str(test_file))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", views.VIEWS)
def test_source_is_a_module_of_its_own_that_exports_render(name):
    text = views.source(name)
    assert not re.search(r"^import\b|\bimport\(", text, re.MULTILINE)
    program = text + "\nconsole.log(typeof render, 1);"
    result = run_node("--input-type=module", "-", input=program)
    assert (result.returncode, result.stdout) == (0, "function 1\n"), result.stderr
    assert "export default { render };" in text


@pytest.mark.parametrize("name", views.VIEWS)
def test_views_never_parse_markup_or_load_anything(name):
    text = views.source(name)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "fetch(", "eval(", "localStorage"):
        assert word not in text
    assert set(re.findall(r"https?://\S+?(?=[\"'`])", text)) <= {"http://www.w3.org/2000/svg"}


def test_every_module_is_a_view_or_a_helper_or_the_engine():
    modules = {path.stem for path in Path(views.__file__).parent.glob("*.js")}
    shown = {name for name in modules if not name.startswith("_")}
    assert shown - {"activations", "engine", "fractions", "randomnumbers"} == set(views.VIEWS)


def test_stylesheet_loads_nothing():
    text = views.stylesheet()
    assert "url(" not in text
    assert "@import" not in text


def test_an_unknown_view_is_refused():
    with pytest.raises(SpecError, match="choose one of ladder"):
        views.source("../errors")
