"""axe-core finds no violation on any tab, in light and dark."""

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

TABS = ("neuron", "network", "race", "wall", "proofs", "practice")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_a_violation(opened, scheme):
    page = opened(color_scheme=scheme)
    found = {}
    for tab in TABS:
        page.click(f"#tab-{tab}")
        result = axe.Axe().run(page)
        found[tab] = [f"{v['id']}: {v['help']}" for v in result.response["violations"]]
        assert len(result.response["passes"]) > 10
    assert found == {tab: [] for tab in TABS}
