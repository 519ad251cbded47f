import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from gradatim.climb import climb_collection
from gradatim.presentation.kernels import kernel_figure, kernel_table
from gradatim.reports import render_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def machine(module_rings):
    return climb_collection(module_rings, rungs=["kernel"], folds=3, repeats=1, n_jobs=1)


@pytest.fixture(scope="module")
def module_rings():
    from gradatim.collection import Collection

    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 2 * np.pi, 120)
    radius = np.repeat([1.0, 3.0], 60) + rng.normal(0, 0.4, 120)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle), rng.normal(0, 0.1, 120)], axis=1)
    y = np.repeat(["in", "out"], 60)
    return Collection("rings", {"features": X}, y, "classification", np.arange(120).astype(str))


def test_the_samples_of_largest_weight_are_support_vectors_of_scikit_learn(machine, module_rings):
    from sklearn.svm import SVC

    learner = machine.model.learner.machines[0]
    Z = machine.model.scaler.transform(module_rings.X["features"])
    kernel = learner.kernel(Z)
    C = float(re.search(r"C ([\d.]+)", machine.model.setting).group(1))
    vectors = {row.tobytes(): i for i, row in enumerate(Z)}
    every = np.array([vectors[row.tobytes()] for row in learner.vectors])
    gram = np.zeros((120, 120))
    gram[:, every] = kernel
    weights = np.zeros(120)
    # The machine of these vectors alone is the machine of all.
    fitted = SVC(C=C, kernel="precomputed").fit(gram[np.ix_(every, every)], module_rings.y[every])
    weights[every[fitted.support_]] = np.abs(fitted.dual_coef_[0])
    found = kernel_table(machine)
    assert found["count"] == f"{len(every)} support vectors"
    assert [float(row["weight"]) for row in found["rows"]] == pytest.approx(
        np.sort(weights)[::-1][:12], abs=2e-2
    )


def test_the_map_has_every_sample_those_that_the_machine_stands_on_apart(machine):
    figure = kernel_figure(machine)
    root = ElementTree.fromstring(figure.svg)
    dots = [circle for circle in root.iter(f"{SVG}circle") if circle.get("r") == "3"]
    assert len(dots) == 120
    n = len(machine.model.learner.machines[0].vectors)
    assert sum(dot.get("class") == "fa" for dot in dots) == n
    assert f"{n} support vectors of 120 samples" in figure.caption
    assert {"in", "out"} <= {text.text for text in root.iter(f"{SVG}text")}
    assert re.fullmatch(r"\d+ \((in|out)\)", dots[0].findtext(f"{SVG}title"))


def test_the_map_holds_the_variance_of_the_first_two_components(machine, module_rings):
    Z = machine.model.scaler.transform(module_rings.X["features"])
    values = np.linalg.svd(Z - Z.mean(axis=0), compute_uv=False) ** 2
    share = values[:2].sum() / values.sum()
    assert f"hold {100 * share:.0f} % of its variance" in kernel_figure(machine).caption


def test_the_page_shows_what_it_stands_on_and_nothing_of_it_elsewhere(machine, climb):
    assert "It stands on" not in render_report(climb)
    assert kernel_table(climb) is kernel_figure(climb) is None
    page = render_report(machine)
    assert "stands on" in page
    assert "This rung is not a network" not in page
    one = replace(machine, models={})
    assert kernel_table(one) is None
