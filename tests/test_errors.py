import inspect
import re

import pytest

from gradatim import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_is_a_gradatim_error(error):
    assert issubclass(error, errors.GradatimError)


def test_every_error_class_is_exported_and_stands_in_the_tree_of_the_docstring():
    defined = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    drawn = set(re.findall(r"``(\w+Error)``", errors.__doc__ or "")) - {"ValueError", "OSError"}
    assert defined == drawn == set(errors.__all__)


@pytest.mark.parametrize(
    ("error", "standard"),
    [
        (errors.InputError, ValueError),
        (errors.NotSeparableError, ValueError),
        (errors.DivergedError, ArithmeticError),
        (errors.MissingExtraError, ImportError),
        (errors.OutputError, OSError),
    ],
)
def test_an_error_is_caught_as_the_standard_one_too(error, standard):
    with pytest.raises(standard, match="why"):
        raise error("why")


@pytest.mark.parametrize(
    "error",
    [errors.ShapeError, errors.LabelError, errors.SpecError, errors.TableError, errors.AudioError],
)
def test_what_was_given_wrongly_is_an_input_error(error):
    assert issubclass(error, errors.InputError)
