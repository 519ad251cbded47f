"""The public interface: complete, documented, and free of cost until it is used."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from numpydoc.validate import validate

import gradatim

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "gradatim"
STUB = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
PARTS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))

# Where a public name must have every section: undocumented, parameters, types, what comes back.
PRESENCE = {"GL08", "PR01", "PR02", "PR04", "RT01"}
FORM = set(
    tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["numpydoc_validation"]["checks"]
)


def public_names():
    """Yield (module, name) of every function and class of a part's ``__all__``, where defined."""
    parts = [*PARTS, *(path.stem for path in PACKAGE.glob("[a-z]*.py"))]
    for part in parts:
        module = importlib.import_module(f"gradatim.{part}")
        names = getattr(module, "__all__", ())
        yield from where_defined(getattr(module, name) for name in names)
    yield from where_defined(getattr(gradatim, name) for name in gradatim.__all__)


def where_defined(things):
    for thing in things:
        # What a class inherits is met with it.
        for one in inspect.getmro(thing) if inspect.isclass(thing) else [thing]:
            if inspect.isfunction(one) or (inspect.isclass(one) and "gradatim." in one.__module__):
                yield one.__module__, one.__qualname__


def met_by_users():
    """Return (module, name) of the public interface, and of every class it takes or returns."""
    classes = {name: (module, name) for module, name in PUBLIC}
    waiting = list(where_defined(getattr(gradatim, name) for name in gradatim.__all__))
    met = set()
    while waiting:
        if (one := waiting.pop()) in met:
            continue
        met.add(one)
        thing = getattr(importlib.import_module(one[0]), one[1])
        words = re.findall(r"\w+", " ".join(annotations_of(thing)))
        waiting += [classes[word] for word in words if word in classes]
    return met & PUBLIC


def annotations_of(thing):
    """Yield the annotations of a function, or of the fields and public methods of a class."""
    yield from map(str, getattr(thing, "__annotations__", {}).values())
    for name, member in vars(thing).items() if inspect.isclass(thing) else ():
        member = (
            member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        )
        if inspect.isfunction(member) and (not name.startswith("_") or name == "__init__"):
            yield from annotations_of(member)


PUBLIC = set(public_names())
SECTIONS = r"^ *(Parameters|Returns|Yields|Raises|Attributes)\n *-+$"


def private_docstrings(path: Path):
    """Yield (line, docstring) of all functions and classes that no user meets."""
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)

    # The text of a verb is the help that a user reads.
    verb = module.startswith("gradatim.cli.") and not path.name.startswith("_")

    def visit(node, outer, inside_public_class):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.ClassDef):
                yield from visit(child, outer, inside_public_class)
                continue
            name = f"{outer}{child.name}"
            public = (module.removesuffix(".__init__"), name) in PUBLIC
            public |= inside_public_class and not child.name.startswith("_")
            if not (public or verb) and (text := ast.get_docstring(child, clean=False)):
                yield child.lineno, text
            is_class = isinstance(child, ast.ClassDef)
            yield from visit(child, f"{name}.", public and is_class)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), "", False)


def test_importing_gradatim_loads_nothing_heavy():
    code = (
        "import sys, gradatim; dir(gradatim); heavy = {'jax', 'numpy', 'scipy', 'sklearn', "
        "'librosa', 'rich', 'cyclopts'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", gradatim.__all__)
def test_a_public_name_is_what_its_part_exports(name):
    value = getattr(gradatim, name)
    if name != "__version__":
        [part] = re.findall(rf"^from \.([\w.]+) import {name} as {name}$", STUB, re.MULTILINE)
        module = importlib.import_module(f"gradatim.{part}")
        assert name in module.__all__
        assert getattr(module, name) is value


def test_the_version_is_that_of_the_installed_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert gradatim.__version__ == project["version"]


def test_all_public_names_are_listed_before_they_are_loaded():
    code = "import gradatim; assert set(gradatim.__all__) <= set(dir(gradatim))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'fit_mny'"):
        _ = gradatim.fit_mny


@pytest.mark.parametrize("part", PARTS)
def test_a_part_exports_its_public_names_and_no_others(part):
    module = importlib.import_module(f"gradatim.{part}")
    exported = {name: getattr(module, name) for name in getattr(module, "__all__", ())}
    held = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and str(getattr(value, "__module__", "")).startswith(f"gradatim.{part}")
    }
    assert held <= set(exported)


def test_only_a_part_lists_what_it_exports():
    # Inside a part, a name without an underscore is for other modules; a list would say it twice.
    inside = [path for path in PACKAGE.glob("*/**/*.py") if path.name != "__init__.py"]
    assert [path for path in inside if "\n__all__" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(("module_name", "name"), sorted(met_by_users()))
def test_a_public_name_is_documented(module_name, name):
    errors = validate(f"{module_name}.{name}")["errors"]
    if getattr(getattr(importlib.import_module(module_name), name), "_is_protocol", False):
        # A protocol is never called, but Python gives it a signature of its own making.
        errors = [error for error in errors if error[0] != "PR01"]
    assert [e for e in errors if e[0] in PRESENCE | FORM] == []


def test_what_no_user_meets_has_a_short_docstring_without_sections():
    long = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in private_docstrings(path)
        if re.search(SECTIONS, text, re.M)
    ]
    assert long == []
