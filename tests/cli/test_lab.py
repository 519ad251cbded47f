"""The verb that writes the page of the lab."""

import webbrowser

import pytest

import gradatim
from gradatim.cli import main


def test_a_page_is_written_and_its_path_is_said(capsys, tmp_path):
    assert main(["lab", "xor", "--questions", "2", "-o", str(tmp_path / "a.html")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'a.html'}\n"
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>Exclusive or: gradatim lab</title>" in text
    assert text.count("<article") == 2


def test_without_a_file_it_opens_in_the_browser(capsys, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    assert main(["lab", "--questions", "0"]) == 0
    [url] = opened
    path = capsys.readouterr().out.strip()
    assert url.startswith("file://")
    assert url.endswith(path.replace("\\", "/"))


def test_where_there_is_no_browser_the_page_is_written_all_the_same(capsys, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert main(["lab", "--questions", "0"]) == 2
    told = capsys.readouterr()
    assert told.out.strip() in told.err
    assert "no browser was found" in told.err


def test_rows_of_a_table_travel_inside(capsys, tmp_path):
    rows = "".join(f"{k},{k % 7},{'ab'[k % 2]}\n" for k in range(30))
    (tmp_path / "t.csv").write_text(f"tempo,energy,genre\n{rows}")
    page = tmp_path / "p.html"
    arguments = [
        "lab",
        str(tmp_path / "t.csv"),
        "--target",
        "genre",
        "--columns",
        "energy",
        "tempo",
    ]
    assert main([*arguments, "-o", str(page)]) == 0
    assert "x₁ stands for (energy" in page.read_text(encoding="utf-8")


def test_who_names_the_columns_need_not_drop_those_of_text(capsys, tmp_path):
    rows = "".join(f"song {k},{k},{k % 7},{'ab'[k % 2]}\n" for k in range(30))
    (tmp_path / "t.csv").write_text(f"title,tempo,energy,genre\n{rows}")
    page = tmp_path / "p.html"
    reading = ["lab", str(tmp_path / "t.csv"), "--target", "genre", "-o", str(page)]
    assert main([*reading, "--columns", "tempo", "energy"]) == 0
    assert "x₁ stands for (tempo" in page.read_text(encoding="utf-8")
    assert main([*reading, "--columns", "tempo", "--groups", "title", "--drop", "en*"]) == 0
    assert main([*reading, "--columns", "tempo", "title"]) == 2
    assert "t.csv has no column title of numbers; it has tempo, energy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lab", "xor", "-o", "a.pdf"], "a.pdf cannot hold a page; end it in .html"),
        (["lab", "circle", "-o", "a.html"], "did you mean circles?"),
        (["lab", "parity-6", "-o", "a.html"], "the lab draws blobs"),
        (["lab", " ", "-o", "a.html"], "nothing to show"),
        (["lab", "xor", "--target", "genre"], "belong to a table"),
        (["lab", "x1 +"], "column"),
        (["lab", "missing.csv", "-o", "a.html"], "missing.csv"),
        (["lab", "xor", "--questions", "101"], "100"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "source", ["XOR", "tanh(2x1 - x2)", "x1 AND x2", "net.txt", "net.safetensors"]
)
def test_problems_equations_and_files_of_networks_are_read(source, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network = gradatim.parse("step(step(-x + 50) + step(x - 100) - 1)")
    (tmp_path / "net.txt").write_text(f"{network}\n")
    gradatim.save_network(network, tmp_path / "net.safetensors")
    assert main(["lab", source, "--questions", "0", "-o", "a.html"]) == 0
    assert (tmp_path / "a.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lab", "xor", "--port", "9000"], "only a server has --port; add --serve"),
        (["lab", "xor", "--no-browser"], "add --serve"),
        (["lab", "xor", "--host", "0.0.0.0"], "add --serve"),
        (["lab", "xor", "--serve", "-o", "a.html"], "--serve writes no file"),
        (["lab", "xor", "--serve", "--port", "70000"], "65535"),
    ],
)
def test_options_of_a_server_are_refused_where_they_do_not_belong(arguments, said, capsys):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_server_without_its_extra_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["lab", "xor", "--serve"]) == 2
    told = capsys.readouterr().err
    assert "pip install 'gradatim[lab]'" in told
    assert "Traceback" not in told


def test_the_address_is_printed_first_and_opened_unless_it_is_not_wanted(capsys, monkeypatch):
    pytest.importorskip("uvicorn", reason="the extra lab is not installed")
    import uvicorn

    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url))
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    assert main(["lab", "xor", "--serve", "--port", "0", "--questions", "0"]) == 0
    told = capsys.readouterr()
    assert opened == [told.out.strip()]
    assert told.out.startswith("http://127.0.0.1:")
    assert "no browser was found" in told.err
    arguments = ["lab", "--serve", "--port", "0", "--questions", "0", "--no-browser"]
    assert main([*arguments, "--host", "0.0.0.0"]) == 0
    assert "/?token=" in capsys.readouterr().out
    assert len(opened) == 1
