"""kps-tui: a terminal UI for the failed tasks of the Huawei Cloud Key Pair Service (KPS)."""

import sys

__version__ = "1.0.0"

# Installers check this too, but a zipapp runs on any Python. So this file must be valid syntax in old versions.
if sys.version_info < (3, 11):  # noqa: UP036
    print("kps-tui needs Python 3.11 or newer, not {}.{}".format(*sys.version_info[:2]), file=sys.stderr)
    sys.exit(2)
