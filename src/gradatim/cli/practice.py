"""``gradatim practice``: questions in the terminal, one after the other, checked and explained.

Conventions: one line of input answers one open part, so that answers can also come from a pipe. A
blank line asks for the answer, ``q``, Ctrl-D or Ctrl-C end the session with the score; after Ctrl-C
the exit status is 130, as everywhere.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli.exercises import Level, TopicName

_Several = Parameter(consume_multiple=(1, None), negative=())


def practice(
    *,
    topic: Annotated[list[TopicName] | None, _Several] = None,
    level: Annotated[list[Level] | None, _Several] = None,
    count: Annotated[int, Parameter(metavar="N", validator=Number(gte=1, lte=10_000))] = 10,
    seed: Annotated[int | None, Parameter(metavar="N", validator=Number(gte=0))] = None,
    debug: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> None:
    """Answer questions in the terminal; each answer is checked and explained step by step.

    Numbers may be written 0.5, .5, 1/2, 50e-2 or 0,5; choices by their letter. A blank line shows
    the answer, q ends.

    Parameters
    ----------
    topic
        What the questions are about; may be repeated. All topics if left out.
    level
        1 (easy), 2 or 3; may be repeated. All levels if left out.
    count
        How many questions.
    seed
        The same seed asks the same questions; a fresh one each time if left out.
    debug
        Show the traceback of an error.
    """
    from random import SystemRandom

    from gradatim.cli._practice import hold_session
    from gradatim.exercises import make_exam

    topics = [] if topic is None or "all" in topic else list(topic)
    seed = SystemRandom().randrange(10_000) if seed is None else seed
    hold_session(make_exam(topics, level or (), count=count, seed=seed))
