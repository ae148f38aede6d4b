"""`version`: prints versions and paths, as an issue should say them; no secret."""

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version

from kps_tui import __version__
from kps_tui.cli.output import open_output
from kps_tui.i18n import _
from kps_tui.locations import config_file, database_file
from kps_tui.sanitize import line
from kps_tui.terminal.width import cells, padded


def print_version(options: Mapping[str, object], output_format: str) -> int:
    """Print the versions of program, Python, Textual and system, and where configuration and state are."""
    named = options.get("config") or os.environ.get("KPS_TUI_CONFIG")
    values = {
        "kps-tui": __version__,
        "Python": f"{platform.python_version()} ({sys.executable})",
        "Textual": version("textual"),
        "platform": platform.platform(),
        "configuration": str(config_file(str(named) if named else None)),
        "state": str(database_file().parent),
    }
    with open_output(None, output_format) as out:
        if output_format == "json":
            from kps_tui.triage.export import as_json

            print(as_json(values), file=out)
            return 0
        titles = {"platform": _("platform"), "configuration": _("configuration"), "state": _("state")}
        rows = {titles.get(name, name): line(value, 400) for name, value in values.items()}
        widest = max(map(cells, rows))
        for title, value in rows.items():
            print(f"{padded(title, widest)}  {value}", file=out)
    return 0
