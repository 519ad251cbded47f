"""Names from outside: what is shown of them, and how a shell is given them."""

import json
import os
import shutil
import subprocess

import pytest

from gradatim._text import escape_json, shell_word, show_name, show_sentence, show_text

HOSTILE = [
    "two  words",
    "it's",
    '"$HOME"',
    "`id`",
    "-rf",
    "a\x1b]0;PWN\x07",
    "a\nb\tc",
    "back\\slash\x07\\x41'",
    "\u202eabc\u2066",
    "caf\udce9",
    "*?[a]~!{1..3}",
    "",
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("word", HOSTILE)
def test_bash_reads_a_quoted_word_as_it_was(word):
    shown = shell_word(word)
    assert show_sentence(shown) == shown
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    command = ["bash", "-c", f"printf %s {shown}" if word != "-rf" else f"printf %s -- {shown}"]
    read = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    assert read.removeprefix(b"--") == os.fsencode(word)


@pytest.mark.parametrize("name", HOSTILE)
def test_json_is_the_same_string_without_a_control(name):
    text = json.dumps({name: [name]}, ensure_ascii=False)
    assert json.loads(escape_json(text)) == {name: [name]}
    assert escape_json(text).isprintable()


def test_every_control_is_shown_and_every_letter_stays():
    for code in [*range(0x300), *range(0x2000, 0x2100), 0xFEFF, 0xD800, 0xE0041]:
        shown = show_name(chr(code))
        assert shown == chr(code) or shown.startswith("\\"), code
        assert not (set(shown) & {chr(c) for c in [*range(32), *range(0x7F, 0xA0)]}), code
    # Persian needs its joiners, a flat its sign, and music its symbols.
    for name in ("\u0645\u06cc\u200c\u062e", "B♭ 音楽 𝄞", "Dvořák – Lied"):
        assert show_name(name) == name


def test_a_name_is_cut_at_80_characters_whatever_it_holds():
    assert len(show_name("x" * 81)) == len(show_name("\x1b" * 1000)) == 80
    assert show_name("x" * 80) == "x" * 80


def test_the_end_of_a_long_sentence_says_how_to_fix_it():
    sentence = f"the class {'a b ' * 10**6} is no number; leave it out"
    assert len(show_sentence(sentence)) < 1_210
    assert show_sentence(sentence).startswith("the class a b")
    assert show_sentence(sentence).endswith("; leave it out")


def test_a_path_is_cut_part_by_part():
    assert show_text("/very/" * 40) == "/very/" * 40
    assert show_text(f"/a/{'b' * 300}/c.csv") == f"/a/{'b' * 79}…/c.csv"
