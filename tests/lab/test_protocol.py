"""Messages are what the guide says, on both sides, and nothing else is understood."""

import contextlib
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("msgspec", reason="the extra lab is not installed")

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.lab.server import protocol
from tests.views.running import run_node

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "lab-protocol.md"
ID = "0" * 32
SEEN = {"answer": "job", "job": 1, "seen": 2, "state": "working", "doing": "", "share": None}


def table_of(head):
    """Return the rows of a table of the guide: kind, and names of fields."""
    text = GUIDE.read_text(encoding="utf-8").partition(f"| `{head}` |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:3] for line in text.splitlines()[2:]]
    return {kind.strip(" `"): re.sub(r"\([^)]*\)", "", fields) for kind, fields in rows}


@pytest.mark.parametrize(
    ("head", "union", "apart"),
    [
        ("ask", protocol.ASKS, {"session"}),
        ("answer", protocol.Answer.__args__, set()),
        ("result", protocol.Result.__args__, set()),
    ],
)
def test_the_guide_names_every_message_and_field(head, union, apart):
    listed = {kind: set(re.findall(r"`(\w+)`", row)) for kind, row in table_of(head).items()}
    there = {one.__struct_config__.tag: {*one.__struct_fields__} - apart for one in union}
    assert listed == there


def test_the_guide_names_the_bounds():
    text = GUIDE.read_text(encoding="utf-8")
    for bound in (protocol.MOST_SESSIONS, protocol.MOST_FILES, protocol.MOST_NETS):
        assert f"{bound:,}" in text
    assert f"{protocol.MOST_CHARACTERS:,} bytes" in text


def misfits(cases):
    """Ask the page's module where values do not fit."""
    code = "cases.map(([name, value]) => misfit(schema, value, schema[name]))"
    return in_module("misfit", code, {"schema": protocol.schema(), "cases": cases})


def in_module(name, code, values):
    """Return what the page's module finds in values."""
    module = Path(__file__).parents[2] / "src" / "gradatim" / "lab" / "protocol.js"
    script = f"""
      import {{ {name} }} from {json.dumps(module.as_uri())};
      let text = "";
      for await (const part of process.stdin) text += part;
      const {{ {", ".join(values)} }} = JSON.parse(text);
      console.log(JSON.stringify({code}));
    """
    result = run_node("--input-type=module", "-e", script, input=json.dumps(values))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (
            'column 4: expected ")", found the end\n  sin(\n     ^',
            'Column 4: expected ")", found the end.',
        ),
        ("x^y is a function of x and y", "x^y is a function of x and y."),
        ("sin(x) has no end", "sin(x) has no end."),
        ("t.csv has no column a", "t.csv has no column a."),
        ("there is nothing here", "There is nothing here."),
        ("a file is missing!", "A file is missing!"),
        ("logistic: choosing", "Logistic: choosing."),
        ("", "."),
    ],
)
def test_what_the_server_says_is_a_sentence_of_the_page(says, shown):
    assert in_module("sentence", "sentence(says)", {"says": says}) == shown


RIGHT = [
    ("Ask", {"ask": "hello"}),
    ("Ask", {"ask": "rows", "session": ID, "columns": ["a", "b"]}),
    ("Ask", {"ask": "approximate", "session": ID, "function": "x", "tolerance": 0.5}),
    ("Answer", {"answer": "started", "job": 3}),
    ("Answer", SEEN | {"result": None}),
    ("Answer", SEEN | {"result": {"result": "separate", "separable": None, "lines": ["a"]}}),
]
WRONG = [
    ("Ask", {"ask": "nothing"}),
    ("Ask", {"ask": "constructor"}),
    ("Ask", []),
    ("Ask", None),
    ("Ask", {"ask": "hello", "more": 1}),
    ("Ask", {"ask": "rows", "session": ID[1:]}),
    ("Ask", {"ask": "rows", "session": ID, "columns": ["a", "b", "c"]}),
    ("Ask", {"ask": "stop", "session": ID, "job": 1.5}),
    ("Ask", {"ask": "stop", "session": ID, "job": -1}),
    ("Ask", {"ask": "climb", "session": ID, "repeats": "1"}),
    ("Answer", {"answer": "started"}),
    ("Answer", SEEN | {"state": "lost"}),
    ("Answer", SEEN | {"share": 2}),
    ("Answer", SEEN | {"result": {"result": "separate", "separable": 3, "lines": []}}),
]


def test_both_sides_take_what_is_right_and_refuse_what_is_wrong():
    found = misfits([*RIGHT, *WRONG])
    assert found[: len(RIGHT)] == [""] * len(RIGHT)
    assert all(found[len(RIGHT) :])
    for (name, value), is_right in [(c, True) for c in RIGHT] + [(c, False) for c in WRONG]:
        form = protocol.Ask if name == "Ask" else protocol.Answer
        try:
            msgspec.convert(value, form)
        except msgspec.ValidationError:
            assert not is_right, value
        else:
            assert is_right, value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = sorted({name for one in protocol.ASKS for name in one.__struct_fields__} | {"ask"})
KINDS = [one.__struct_config__.tag for one in protocol.ASKS]
MESSAGES = st.builds(
    lambda kind, fields: {"ask": kind, **fields},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(NAMES), JSON | st.just(ID), max_size=7),
)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80) | MESSAGES.map(lambda one: json.dumps(one).encode()))
def test_whatever_comes_is_a_message_or_one_known_error(data):
    with contextlib.suppress(msgspec.DecodeError, msgspec.ValidationError):
        assert isinstance(protocol.decode_ask(data), protocol.ASKS)
