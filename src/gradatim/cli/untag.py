"""``gradatim untag``: the tags from before ``predict --write-tags`` come back.

Conventions: it reads the sidecars that ``predict`` left, and no model. What has changed since is
named and left.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import FLAG
from gradatim.cli._output_files import check_files, deliver_object, json_file
from gradatim.cli._reading import READING

_RESTORING = Group("What is taken back", sort_key=2)


def untag(
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    follow_links: Annotated[bool, FLAG, Parameter(group=READING)] = False,
    force: Annotated[bool, FLAG, Parameter(group=_RESTORING)] = False,
    json: Annotated[
        str | None, Parameter(group=_RESTORING, metavar="FILE", allow_leading_hyphen=True)
    ] = None,
    debug: Annotated[bool, FLAG, Parameter(group=_RESTORING)] = False,
) -> None:
    """Give audio files the tags back that they had before predict --write-tags --apply.

    They stand in a file .gradatim-tags.json in each folder, which is removed when all of them are
    back.

    Parameters
    ----------
    path
        A folder, with all folders below it, or one audio file.
    follow_links
        Follow links that lead out of a folder.
    force
        Also restore where the sound or the tag has changed since, and forget files that are gone.
    json
        Write what was done as JSON; - is standard output, and nothing else goes there.
    debug
        Show the traceback of an error.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.errors import InputError
    from gradatim.tagging import restore_tags

    check_files(json_file(json), [Path(path)])
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.tags import restored_lines

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.counting("restoring tags") as progress:
            found = interruptible(
                lambda: restore_tags(
                    path, force=force, follow_links=follow_links, progress=progress
                )
            )
        whole = {**header(), **found.to_dict()}
        deliver_object(json, lambda: whole, lambda: restored_lines(found), screen)
        if found.nothing_could_be_done:
            raise InputError("no tag could be taken back; the reason stands with each file")
