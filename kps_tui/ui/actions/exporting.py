"""The command that exports tasks to a file."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.files import opened_special, reason, resolved, whole_file
from kps_tui.i18n import _, counted
from kps_tui.locations import typed_path
from kps_tui.sanitize import line
from kps_tui.ui.actions.copying import chosen_title, marked_tasks

if TYPE_CHECKING:
    from kps_tui.triage.export import Listing
    from kps_tui.ui.screens.triage import TriageScreen

FORMATS = ("csv", "json", "jsonl", "md")
"""The formats; each is the file name extension."""


def ask_for_file(screen: "TriageScreen") -> None:
    """Ask for a file name, and export the marked tasks, or all tasks shown if none is marked."""
    from kps_tui.triage.export import Listing
    from kps_tui.ui.screens.dialogs.prompt import Prompt

    marked, view, extent, heading = screen.bench.marked, screen.view, screen.load.extent, screen.heading
    if not (marked or len(view)):
        screen.notify(_("there is nothing to export"), markup=False)
        return
    what = chosen_title(screen) if marked else counted(len(view), "the task shown", "the {count} tasks shown")
    try:
        folder = _("In {folder}:").format(folder=line(str(Path.cwd()), 200))
    except FileNotFoundError:
        folder = _("The folder where kps-tui was started no longer exists. Type a full path:")
    explanation = _("{base}\nThe extension sets the format: {kinds}\n{folder}").format(
        base=extent.base, kinds=_extensions(), folder=folder
    )
    # Another list, or that of another project, may be shown when the user has typed the name.
    listing = Listing(
        (),
        extent.total,
        len(view.store),
        screen.load.is_complete,
        extent.answered_at,
        heading.region,
        heading.project_id,
        heading.demo,
    )
    warned: set[str] = set()
    """Names of existing files that the user has been warned about."""

    async def attempt(name: str, again: bool) -> str:
        tasks = await run_async(partial(marked_tasks, view, marked)) if marked else view.tasks()
        try:
            return await write(screen, replace(listing, tasks=tasks), name, overwrite=again and name in warned)
        except FileExistsError:
            warned.add(name)
            said = _("“{name}” already exists · Enter overwrites it, or type another name")
            return said.format(name=line(name, 80))

    title = _("Export · {what}").format(what=what)
    screen.app.push_screen(Prompt(title, explanation, default_name(screen), attempt, _("Enter exports")))


def default_name(screen: "TriageScreen") -> str:
    """Return a file name with the region, or `demo`, and the time of the data."""
    at = (screen.load.extent.answered_at or screen.now()).astimezone()
    place = "demo" if screen.heading.demo else screen.heading.region or "kps"
    return f"failed-tasks-{place}-{at:%Y%m%d-%H%M}.csv"


def _extensions() -> str:
    return ", ".join(f".{each}" for each in FORMATS)


async def write(screen: "TriageScreen", listing: "Listing", name: str, *, overwrite: bool) -> str:
    """Write `listing` to the file `name` (mode 0600), and notify the user. Return why that failed, or an empty text.

    A FIFO or a device is written to directly. The disk, or the reader of a FIFO, may be slow: cancel this to stop
    waiting; then a file stays as it was.

    Raises:
        FileExistsError: the file exists, and `overwrite` is false.
    """
    from kps_tui.triage import export

    format = Path(name).suffix[1:].lower()
    if format not in FORMATS:
        said = _("“{name}” has no known extension · use {kinds}")
        return said.format(name=line(name, 80), kinds=_extensions())

    def work() -> Path:
        path = typed_path(name)
        # A link stays a link: `whole_file` would replace it.
        real = resolved(path)
        with opened_special(path, wait=False) or whole_file(real, replace=overwrite) as file:
            export.write(listing, format, file)
        return real

    try:
        written = line(str(await run_async(work)), 300)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        # A NUL in the name raises ValueError.
        said = reason(error) if isinstance(error, OSError) else str(error)
        why = line(said or type(error).__name__, 120)
        return _("can't write “{name}”: {why}").format(name=line(name, 80), why=why)
    said = counted(len(listing.tasks), "Exported 1 task to {path}", "Exported {count} tasks to {path}", path=written)
    screen.notify(said, markup=False)
    return ""
