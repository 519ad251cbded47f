"""The words of code and documents: the field's terms, and English as engineers write it today."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "src" / "gradatim").rglob("*.py"))
PROSE = [
    *MODULES,
    *sorted((ROOT / "src" / "gradatim").rglob("*.js")),
    *sorted((ROOT / "src" / "gradatim").rglob("*.jinja")),
    *sorted((ROOT / "benchmarks").rglob("*.py")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("*.md")),
]

_THINGS = (
    "axis|bit|block|box|budget|call|candidate|cell|center|class|clip|column|core|curve|dataset|"
    "dimension|edge|entry|epoch|feature|file|fold|function|group|input|interval|kind|label|layer|"
    "level|line|member|model|monomial|network|number|output|pair|panel|part|piece|plot|point|"
    "recording|repeat|row|rung|sample|second|seed|shape|side|step|target|thread|threshold|unit|"
    "value|variable|weight"
)
#: What is not written, and what is.
OLD_WORDS = {
    rf"\b(?:an?|one|two|three|\d+) [a-z]+ an? (?:{_THINGS})\b": "one thread per core",
    rf"\b(?:steps|rows|samples|seeds|trials|points|pixels|folds|units|bytes|kB|ns) an? "
    rf"(?:{_THINGS})\b": "steps per second",
    rf"\bone an (?:{_THINGS})\b": "one per edge",
    r"\bdear(?:er|est)\b": "most expensive",
    r"\bnoughts?\b": "zero",
    r"\bbeyond all (?:measure|bounds)\b": "too large",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\b[Ss]o many(?:-th)?\b(?! that)": "this many",
    r"\bnot shown to be worse\b|\bnot shown worse\b(?!['\"`])": "may be as good as the best",
    r"\bto be had here\b": "re-exports",
    r"(?m)^ *(?:\"\"\")?(?:Who|Any|The same)\.(?:\"\"\")?$": "what the parameter is",
}
#: Verbs between two nouns, which make one of these patterns an ordinary sentence.
_VERBS = re.compile(
    r"\b(?:is|are|as|of|in|for|that|with|by|on|to|from|not|than|at|has|into|and|or|if|such|be|but|"
    r"was|per|like|gives?|makes?|takes?|needs?|reads?|holds?|cuts?|means|divides|once|twice|"
    r"follows?|ends?|starts|share|where|leaves?|can|may|would|must|names?|adds?|draws?|fills?) an? "
)
#: Private words that must not name a file, a class or a function again.
OLD_NAMES = (
    "course|heat|heats|reel|reels|entry_of|stairs|tube|tubes|pursuit|ways|way|lanes?|kept|kept_work|"
    "told|heard|kept_?files?|said|doing|hear|even_plane|quiet_libraries|targets_said|dearest"
)


@pytest.mark.parametrize("pattern", OLD_WORDS, ids=range(len(OLD_WORDS)))
def test_old_words_are_not_written(pattern):
    found = []
    for path in PROSE:
        if path.name == "CHANGELOG.md":
            continue
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(pattern, text):
            if not _VERBS.search(match[0]):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}:{line}: {' '.join(match[0].split())}")
    assert found == [], f"write {OLD_WORDS[pattern]!r}"


@pytest.mark.parametrize(
    "sentence",
    [
        "a thread a core",
        "three fits a candidate",
        "40 steps a second",
        "weights, one an edge",
        "the dearest rung",
        "a nought",
        "beyond all measure",
        "how to mend it",
        "of so many units",
        "So many attempts",
        "twice dearer",
        "1.5 kB a row",
        "it is not shown worse than",
        "names to be had here",
        "    Who.",
    ],
)
def test_an_old_word_would_be_found(sentence):
    found = [m[0] for p in OLD_WORDS for m in re.finditer(p, sentence) if not _VERBS.search(m[0])]
    assert found


@cache
def _definitions():
    return [
        (path.relative_to(ROOT), type(node), node.name)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]


def test_old_names_name_nothing():
    old = re.compile(rf"_*(?:{OLD_NAMES})", re.IGNORECASE)
    found = [f"{path}: {name}" for path, _, name in _definitions() if old.fullmatch(name)]
    found += [str(path.relative_to(ROOT)) for path in MODULES if old.fullmatch(path.stem)]
    assert found == []


def test_two_classes_never_share_a_name():
    homes = defaultdict(set)
    for path, kind, name in _definitions():
        if kind is ast.ClassDef:
            homes[name.lstrip("_")].add(str(path))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}
