"""Small problems of the lecture, each with a statement of what it takes to solve it.

Conventions: see `gradatim.problems.problem` for what a problem is, `gradatim.problems.lines` and
`gradatim.problems.planes` for those in one dimension and in more. A family has a size, which is
written after its name: ``parity-6`` is the parity of 6 bits.
"""

from gradatim.problems.catalog import PROBLEMS, get_problem, load_problem
from gradatim.problems.problem import Problem

__all__ = ["PROBLEMS", "Problem", "get_problem", "load_problem"]
