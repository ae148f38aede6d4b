"""The dialog with the findings of `kps-tui doctor`."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from kps_tui.blocking import run_async
from kps_tui.i18n import _, counted, listed
from kps_tui.problems import NextStep
from kps_tui.session.resolve import Context
from kps_tui.session.target import Target
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from kps_tui.doctor.finding import Finding

STYLES = {"ok": "$text-success", "warning": "bold $text-warning", "problem": "bold $text-error"}


async def findings(context: Context, target: Target | None) -> "list[Finding]":
    """Run every check, and return the findings; each check has a deadline."""

    def checks() -> "AsyncIterator[Finding]":
        from kps_tui.doctor.checks import run_checks
        from kps_tui.doctor.examination import Examination

        return run_checks(Examination(context, os.environ, given=target))

    # Importing the checks takes long, so it runs in a thread.
    return [finding async for finding in await run_async(checks)]


class DoctorScreen(Dialog[None]):
    """Shows a line for each finding."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", show=False, id="doctor.close"),
        Binding("j", "scroll(1)", show=False, id="doctor.down"),
        Binding("k", "scroll(-1)", show=False, id="doctor.up"),
    ]

    found: var["Sequence[Finding]"] = var((), init=False)
    """The findings, empty while the checks run."""

    def __init__(self, examine: "Callable[[], Awaitable[list[Finding]]]", place: str = "") -> None:
        """Create the dialog; `place` says what is examined."""
        super().__init__()
        self._place = place
        self._examine = examine

    def compose(self) -> ComposeResult:
        """Yield a box that scrolls."""
        with VerticalScroll(id="doctor", classes="box") as box:
            box.border_title = Content(self._title())
            box.border_subtitle = Content(_("Esc closes"))
            yield Static(_("checking…"), markup=False)

    @work(group="doctor", exclusive=True)
    async def on_mount(self) -> None:
        """Run the checks."""
        self.found = tuple(await self._examine())

    async def watch_found(self, found: "Sequence[Finding]") -> None:
        """Show the findings."""
        box = self.query_one("#doctor", VerticalScroll)
        await box.remove_children()
        await box.mount_all(map(self._row, found))
        box.border_title = Content(self._title(_outcome(found)))

    def _title(self, outcome: str = "") -> str:
        return " · ".join(filter(None, (_("Doctor"), self._place, outcome)))

    @staticmethod
    def _row(finding: "Finding") -> HorizontalGroup:
        do = NextStep.of(finding.do).screen
        said = f"{finding.says} · {do}" if do else finding.says
        level = Content.styled(padded(finding.level_title, 8), STYLES[finding.level])
        title = level + Content.styled(padded(finding.title, 14), "dim")
        return HorizontalGroup(Static(title, classes="check", markup=False), Static(Content(said), markup=False))

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _outcome(found: "Sequence[Finding]") -> str:
    """Return how many findings are problems or warnings."""
    problems, warnings = (sum(each.level == level for each in found) for level in ("problem", "warning"))
    parts = [counted(problems, "1 problem", "{count} problems")] if problems else []
    parts += [counted(warnings, "1 warning", "{count} warnings")] if warnings else []
    return listed(parts) or _("no problem found")
