"""``gradatim fit`` as typed: what NumPy and scikit-learn find, as an equation others read."""

import json
import re

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

from gradatim.cli import main
from gradatim.network import parse

RNG = np.random.default_rng(7)
X = np.column_stack([RNG.uniform(60, 180, 80), RNG.normal(-20, 5, 80)]).round(3)
ENERGY = (0.004 * X[:, 0] + 0.01 * X[:, 1] + 0.3 + RNG.normal(0, 0.05, 80)).round(4)
GENRE = np.where(X[:, 0] + RNG.normal(0, 25, 80) > 120, "dance", "ballad")
KIND = np.where(GENRE == "dance", "dance", np.where(X[:, 1] + RNG.normal(0, 4, 80) > -20, "a", "b"))
OTHERS = {"energy": ["genre", "kind", "loud"], "genre": ["energy", "kind", "loud"]}
OTHERS |= {"kind": ["energy", "genre", "loud"], "loud": ["energy", "genre", "kind"]}
LOUD = (X[:, 1] + RNG.normal(0, 5, 80) > -20).astype(int)


@pytest.fixture
def songs(tmp_path):
    path = tmp_path / "songs.csv"
    rows = zip(*X.T, ENERGY, GENRE, KIND, LOUD, strict=True)
    lines = ["tempo,level (dB),energy,genre,kind,loud", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def fitted(capsys, songs, target, *options):
    command = ("fit", songs, "--target", target, "--drop", *OTHERS[target], *options, "--json")
    status, out, err = run(capsys, *command)
    assert (status, err) == (0, "")
    return json.loads(out)


def test_least_squares_agree_with_numpy_and_scikit_learn(capsys, songs):
    found = fitted(capsys, songs, "energy")
    A = np.column_stack([X, np.ones(len(X))])
    solution = np.linalg.lstsq(A, ENERGY, rcond=None)[0]
    model = LinearRegression().fit(X, ENERGY)
    np.testing.assert_allclose([*found["weights"][0], *found["biases"]], solution, atol=1e-6)
    np.testing.assert_allclose(found["weights"][0], model.coef_, atol=1e-6)
    assert found["scores"]["r2"] == pytest.approx(model.score(X, ENERGY))
    assert (found["n_rows"], found["classes"], found["outputs"]) == (80, None, ["energy"])


def test_a_penalty_is_that_of_ridge(capsys, songs):
    found = fitted(capsys, songs, "energy", "--alpha", 100)
    np.testing.assert_allclose(
        found["weights"][0], Ridge(alpha=100).fit(X, ENERGY).coef_, atol=1e-9
    )


@pytest.mark.parametrize("alpha", [0, 0.5])
def test_the_likelihood_is_largest_where_scikit_learn_finds_it(capsys, songs, alpha):
    found = fitted(capsys, songs, "genre", "--activation", "sigmoid", "--alpha", alpha)
    C = np.inf if alpha == 0 else 1 / alpha
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12).fit(X, GENRE)
    np.testing.assert_allclose(found["weights"], model.coef_, atol=1e-4)
    np.testing.assert_allclose(found["biases"], model.intercept_, atol=1e-4)
    assert (found["classes"], found["outputs"]) == (["ballad", "dance"], ["dance"])


def test_three_classes_are_a_softmax(capsys, songs):
    found = fitted(capsys, songs, "kind", "--activation", "softmax", "--alpha", 1)
    model = LogisticRegression(C=1, solver="newton-cg", tol=1e-10).fit(X, KIND)
    network = parse(found["equation"])
    np.testing.assert_allclose(network(X), model.predict_proba(X), atol=1e-4)
    assert network.output_names == ("a", "b", "dance")


def test_the_equation_is_the_network_and_other_verbs_read_its_file(capsys, songs, tmp_path):
    equation = tmp_path / "energy.txt"
    found = fitted(capsys, songs, "energy", "--output", equation)
    network = parse(equation.read_text())
    assert network == parse(found["equation"])
    assert network.input_names == ("tempo", "level (dB)")
    np.testing.assert_array_equal(network.layers[0].weight, found["weights"])
    _, out, _ = run(capsys, "eval", equation, "--data", songs, "--json")
    values = [row["outputs"][0]["value"] for row in json.loads(out)["rows"]]
    np.testing.assert_allclose(values, network(X)[:, 0])
    assert run(capsys, "draw", equation, "-o", tmp_path / "energy.svg")[0] == 0


def test_no_step_of_gradient_descent_leads_away_from_what_was_fitted(capsys, songs, tmp_path):
    equation = tmp_path / "loud.txt"
    fitted(capsys, songs, "loud", "--activation", "sigmoid", "-o", equation)
    command = ("step", equation, "--data", songs, "--target", "loud", "--loss", "binary", "--json")
    [step] = json.loads(run(capsys, *command)[1])["steps"]
    [[change]] = step["changes"]
    gradients = [edge["gradient"] for edge in (*change["weights"], change["bias"])]
    np.testing.assert_allclose(gradients, 0, atol=1e-5)


def test_the_words_name_the_method_the_classes_and_the_rows_of_the_scores(capsys, songs):
    command = ("fit", songs, "--target", "loud", "--activation", "sigmoid", "--alpha", 2)
    status, out, _ = run(capsys, *command, "--drop", *OTHERS["loud"])
    equation, note, method, rule, scores = out.splitlines()
    assert status == 0
    assert parse(equation).output_names == ("loud",)
    assert note == "(weights rounded to 6 digits; --json and -o FILE.txt have all)"
    assert method == "maximum likelihood with alpha = 2 on 80 rows of songs.csv"
    assert rule == "class 1 where the output >= 0.5, else class 0"
    assert scores.startswith("on the same rows: accuracy 0.")


@pytest.mark.parametrize(("digits", "start"), [(None, 0), (None, 1e9), (2, 0), (17, 0)])
def test_the_scores_that_are_printed_are_those_of_the_equation_that_is_printed(
    capsys, tmp_path, digits, start
):
    far = X + start
    table = tmp_path / "far.csv"
    lines = [f"{a!r},{b!r},{e}\n" for (a, b), e in zip(far.tolist(), ENERGY, strict=True)]
    table.write_text("x1,x2,energy\n" + "".join(lines))
    options = [] if digits is None else ["--digits", digits]
    out = run(capsys, "fit", table, "--target", "energy", *options)[1]
    left_over = parse(out.splitlines()[0])(far)[:, 0] - ENERGY
    r2, error = re.search(r"R\^2 ≈(\S+), root mean squared error ≈(\S+)", out).groups()
    assert f"{np.sqrt((left_over**2).mean()):.4g}" == error
    assert f"{1 - (left_over**2).mean() / ENERGY.var():.4g}" == r2
    assert ("rounded" in out) == (digits != 17)
    if digits is None:
        found = json.loads(run(capsys, "fit", table, "--target", "energy", "--json")[1])
        assert f"{found['scores']['r2']:.4g}" == r2


@pytest.mark.parametrize("start", [0, 1_600_000_000, 2**53])
@pytest.mark.parametrize("n", [5, 10, 19, 40])
def test_a_line_far_from_0_is_found_exactly(capsys, tmp_path, start, n):
    table = tmp_path / "far.csv"
    table.write_text("x1,y\n" + "".join(f"{start + 4 * i},{i}\n" for i in range(n)))
    status, out, _ = run(capsys, "fit", table, "--target", "y")
    assert status == 0
    network = parse(out.splitlines()[0])
    assert [network([[float(start + 4 * i)]]).item() for i in range(n)] == pytest.approx(range(n))
    assert "0.25x1" in out
    assert "R^2 1," in out


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(2**53 + 2 * i, 0.3 * i) for i in range(20)], "subtract a number from the columns"),
        ([(f"{i}e-320", i) for i in range(10)], "multiply them by a number"),
    ],
)
def test_what_64_bits_cannot_fit_is_refused(capsys, tmp_path, rows, says):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n" + "".join(f"{x},{y}\n" for x, y in rows))
    status, out, err = run(capsys, "fit", table, "--target", "y")
    assert (status, out) == (2, "")
    assert says in err


def test_decimals_that_are_one_float_are_told(capsys, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n0.1,1\n0.1000000000000000055,2\n0.3,4\n")
    assert (
        "note: column 'x1' has numbers with more digits than 64 bits hold: 0.1 and"
        in (run(capsys, "fit", table, "--target", "y")[1])
    )


def test_pictures_are_written_and_named(capsys, songs, tmp_path):
    graph, plot = tmp_path / "graph.svg", tmp_path / "plot.svg"
    command = ("fit", songs, "--target", "genre", "--activation", "sigmoid")
    dropped = [*OTHERS["genre"], "level (dB)"]
    _, out, _ = run(capsys, *command, "--drop", *dropped, "--graph", graph, "--plot", plot)
    assert out.splitlines()[-2:] == [f"wrote {graph}", f"wrote {plot}"]
    assert "dance = sigmoid(" in graph.read_text()
    assert "Output of a network" in plot.read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "tempi"], "no column 'tempi'"),
        (["--target", "genre"], "regression needs numbers"),
        (["--target", "energy"], "leave it out with --drop"),
        (["--target", "kind", "--activation", "sigmoid"], "take --activation softmax"),
        (["--target", "genre", "--activation", "softmax"], "take sigmoid"),
        (["--target", "energy", "--activation", "tanh"], "--activation"),
        (["--target", "energy", "--alpha", "-1"], "--alpha"),
        (["--target", "energy", "-o", "songs.csv"], "end it in .txt"),
        (["--target", "energy", "--graph", "energy.gif"], "names no format"),
        (["--target", "energy", "--graph", "x.svg", "--plot", "x.svg"], "give two files"),
        (["--target", "energy", "--plot", "energy.svg"], "one input and one output"),
    ],
)
def test_what_cannot_be_fitted_is_one_sentence_and_writes_nothing(
    capsys, songs, monkeypatch, arguments, says
):
    monkeypatch.chdir(songs.parent)
    target = arguments[1]
    dropped = OTHERS.get(target, [])
    # The text column stays once, to be refused.
    dropped = dropped[:1] if says.startswith("leave") else dropped
    status, out, err = run(
        capsys, "fit", "songs.csv", *arguments, *(["--drop", *dropped] * bool(dropped))
    )
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert [path.name for path in songs.parent.iterdir()] == ["songs.csv"]


def test_separable_classes_have_no_likeliest_weights(capsys, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,label\n1,0\n2,0\n3,1\n4,1\n")
    command = ("fit", path, "--target", "label", "--activation", "sigmoid")
    status, _, err = run(capsys, *command)
    assert (status, "set alpha > 0" in err) == (2, True)
    assert run(capsys, *command, "--alpha", 1)[0] == 0


def test_large_numbers_keep_their_differences(capsys, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n" + "".join(f"{1_600_000_000 + i},{i}\n" for i in range(20)))
    status, out, _ = run(capsys, "fit", table, "--target", "y")
    assert status == 0
    assert out.startswith("y = x1 - 1600000000\n")
    assert "R^2 1, root mean squared error 0" in out


def test_a_target_that_never_changes_has_no_r2(capsys, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n" + "".join(f"{i},5.5\n" for i in range(20)))
    assert (
        "R^2 undefined, since the target is the same in every row"
        in run(capsys, "fit", table, "--target", "y")[1]
    )
    found = json.loads(run(capsys, "fit", table, "--target", "y", "--json")[1])
    assert found["scores"] == {"r2": None, "root_mean_squared_error": 0.0}


def test_one_row_is_one_and_a_class_per_row_is_no_matter_for_scikit_learns_warning(
    capsys, tmp_path, recwarn
):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n1,2\n")
    assert "least squares on 1 row of t.csv\n" in run(capsys, "fit", table, "--target", "y")[1]
    table.write_text("x1,y\n" + "".join(f"{i * i % 7},c{i}\n" for i in range(7)))
    words = ["fit", table, "--target", "y", "--activation", "softmax", "--alpha", "1"]
    status, _, err = run(capsys, *words)
    assert (status, err) == (0, "")
    assert not recwarn.list
