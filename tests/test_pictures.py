import subprocess
import sys

from gradatim._pictures import picture, register


def test_a_kind_that_nobody_draws_has_no_picture():
    assert picture("no such kind", 1) is None


def test_whoever_registered_last_draws(monkeypatch):
    monkeypatch.setattr("gradatim._pictures._DRAWERS", {})
    register("number", str)
    register("number", lambda value: f"<svg>{value}</svg>")
    assert picture("number", 3) == "<svg>3</svg>"


def test_a_network_has_a_picture_wherever_it_was_imported_from():
    code = (
        "from gradatim.network.graph import Layer, Network\n"
        "import sys\n"
        "assert 'gradatim.drawing' not in sys.modules\n"
        "assert Network([Layer([[1.0]], [0.0])])._repr_svg_().startswith('<svg')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
