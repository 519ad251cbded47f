"""``python -m gradatim``: the same as the command ``gradatim``.

Conventions: none of its own; see `gradatim.cli`.
"""

import sys

from gradatim.cli import main

if __name__ == "__main__":
    sys.exit(main())
