"""The map in docs/architecture.md holds: imports point down its rows, and everything is on it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "gradatim"


def rows_of_the_map() -> dict[str, int]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {part: int(row) for row, part in re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.M)}


ROWS = rows_of_the_map()


def parts_in_the_tree() -> set[str]:
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    return modules | {path.name for path in PACKAGE.iterdir() if any(path.glob("*.[pj][ys]"))}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_modules(path: Path, package: str) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute module) of every import in a file, those inside functions too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: -node.level + 1 or None] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from gradatim import x` may name a part, so the name counts as well.
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def violations(path: Path, rows: dict[str, int] = ROWS, part: str | None = None) -> list[str]:
    part = part or part_of(path)
    found = []
    for line, module in imported_modules(path, f"gradatim.{part}"):
        names = module.split(".")
        if names[0] != "gradatim":
            continue
        other = names[1] if len(names) > 1 else "gradatim itself"
        if other in (part, "errors"):  # errors lie under everything, row 0 included
            continue
        if other not in rows:
            found.append(f"{path.name}:{line}: {part} imports {other}, which is not on the map")
        elif rows[other] >= rows[part]:
            found.append(
                f"{path.name}:{line}: {part} (row {rows[part]}) imports {other} (row {rows[other]})"
            )
    return found


def test_every_part_is_on_the_map_and_the_map_names_nothing_else():
    assert parts_in_the_tree() == set(ROWS)


@pytest.mark.parametrize("part", sorted(ROWS))
def test_imports_point_down_the_rows(part):
    files = [PACKAGE / f"{part}.py", *(PACKAGE / part).rglob("*.py")]
    assert [v for path in files if path.exists() for v in violations(path)] == []


def module_imports(part: str) -> dict[str, set[str]]:
    """Map every module of a part to those of the same part that it names, wherever it does."""
    modules = {
        "gradatim." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in (PACKAGE / part).rglob("*.py")
        if path.name != "__init__.py"
    }
    return {
        name: {
            other
            for _, imported in imported_modules(path, name.rpartition(".")[0])
            for other in modules
            if other != name and (imported == other or imported.startswith(other + "."))
        }
        for name, path in modules.items()
    }


@pytest.mark.parametrize("part", sorted(p for p in ROWS if (PACKAGE / p).is_dir()))
def test_modules_of_a_part_import_one_another_without_a_circle(part):
    imports = module_imports(part)
    while free := [name for name, needs in imports.items() if not needs & set(imports)]:
        for name in free:
            del imports[name]
    assert not imports, f"these import one another in a circle: {sorted(imports)}"


@pytest.mark.parametrize(
    "source",
    [
        "import gradatim.upper",
        "from gradatim.upper import x",
        "from gradatim import upper",
        "from ..upper import x",
        "from .. import upper",
        "def f():\n    from gradatim.upper.deep import x",
        "from gradatim.beside import x",
        "from gradatim.unknown import x",
        "import gradatim",
        "from gradatim import fit_many",
    ],
)
def test_an_import_that_points_up_or_sideways_or_off_the_map_is_found(tmp_path, source):
    path = tmp_path / "module.py"
    path.write_text(source)
    rows = {"lower": 0, "part": 1, "beside": 1, "upper": 2}
    assert len(violations(path, rows, "part")) == 1


@pytest.mark.parametrize(
    "source", ["from gradatim.lower import x", "from . import y", "from .z import y", "import os"]
)
def test_an_import_that_points_down_or_stays_inside_is_allowed(tmp_path, source):
    path = tmp_path / "module.py"
    path.write_text(source)
    assert violations(path, {"lower": 0, "part": 1}, "part") == []


def test_a_module_opens_with_its_purpose_and_its_conventions():
    def opens_well(path: Path) -> bool:
        text = ast.get_docstring(tree_of(path)) or ""
        told = path.name == "__init__.py" or "\nConventions: " in text
        return told and text.partition("\n")[0].endswith((".", "?"))

    paths = sorted(PACKAGE.rglob("*.py"))
    assert [str(path.relative_to(PACKAGE)) for path in paths if not opens_well(path)] == []


def test_every_verb_of_the_command_line_is_the_module_of_its_name():
    from gradatim.cli import app

    modules = {path.stem for path in (PACKAGE / "cli").glob("*.py") if path.stem[0] != "_"}
    assert modules == {name for name in app if not name.startswith("-")}
