"""An exam with every topic and level, made once."""

import pytest

from gradatim.exercises import make_exam


@pytest.fixture(scope="session")
def exam():
    """Return three questions of every topic, one per level."""
    return make_exam(count=27, seed=7)
