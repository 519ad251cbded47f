import pytest

from gradatim.comparisons import race


@pytest.fixture(scope="session")
def small_race():
    """Race on exclusive or with few seeds and two budgets, every contender."""
    return race("xor", budgets=[20, 50], n_seeds=3, n_samples=90, max_epochs=40, n_jobs=2)
