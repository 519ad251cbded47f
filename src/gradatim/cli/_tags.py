"""What ``predict --write-tags`` does: tags are compared, and written with ``--apply``.

Conventions: what cannot be done is refused before the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.errors import InputError, SpecError

if TYPE_CHECKING:
    from gradatim.cli._screen import Screen
    from gradatim.models.model import Model
    from gradatim.tagging import Predictions, TagChanges


def check_request(model: Model, field: str | None, apply: bool) -> None:
    """Refuse tags that a model cannot give, and --apply where none are asked for."""
    if field is None and apply:
        raise SpecError("--apply writes tags; say which, such as --write-tags genre")
    if field is not None:
        from gradatim.tagging import check_tagging

        check_tagging(model, field)


def tag(found: Predictions, field: str, apply: bool, screen: Screen) -> TagChanges:
    """Compare predictions with tags and, if wanted, write them."""
    from gradatim.cli._interrupt import interruptible
    from gradatim.tagging import plan_tags, write_tags

    with screen.counting("reading tags") as progress:
        plan = interruptible(lambda: plan_tags(found, field, progress=progress))
    if not apply:
        return plan
    with screen.counting("writing tags") as progress:
        return interruptible(lambda: write_tags(plan, progress=progress))


def require_some(tags: TagChanges | None) -> None:
    """Fail where no file could be given its tag."""
    if tags is not None and tags.nothing_could_be_done:
        raise InputError("no file can be given a tag; the reason stands with each file")
