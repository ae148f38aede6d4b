"""The dialog with the last requests: time, status, duration, path, and the request id for the provider's support."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kps_tui.clock import utc_now
from kps_tui.i18n import _, counted
from kps_tui.sanitize import line
from kps_tui.ui.age import short_time
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    from kps_tui.kps.transport import RequestRecord

TimedRecord = tuple[datetime, "RequestRecord"]
"""A request and when it ended."""
_ID = re.compile(r"(?<=/)[0-9A-Za-z_-]{20,}(?=[/?]|$)")
"""The id of a project or a user in a path. It is shortened, so that the query after it is in sight."""


class RequestsScreen(Dialog["str"]):
    """Dismissed with the request id to copy, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,E", "close", show=False, id="requests.close"),
        Binding("y", "copy", show=False, id="requests.copy"),
    ]

    def __init__(self, records: Sequence[TimedRecord]) -> None:
        super().__init__()
        self._records = records

    def compose(self) -> ComposeResult:
        """Yield a line for each request, the newest first, and below them the id and the error of the chosen one."""
        with Vertical(id="requests", classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("Enter copies the request id · Esc closes"))
            yield ChoiceList(*(Option(_line(*record, utc_now())) for record in self._records), markup=False)
            yield Static("", id="request-detail", markup=False)

    @property
    def _title(self) -> str:
        if not self._records:
            return _("Requests · none yet")
        return counted(len(self._records), "Requests · the last one", "Requests · the last {count}, newest first")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        _time, record = self._records[event.option_index]
        request_id = line(record.request_id, 120) or _("no request ID in the response")
        error = line(record.error, 400)
        if not error and record.status is None:
            error = _("stopped before a response")
        said = [Content.styled(error, "bold $text-error")] if error else []
        self.query_one("#request-detail", Static).update(Content("\n").join([Content(request_id), *said]))

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_copy()

    def action_copy(self) -> None:
        """Dismiss with the id of the chosen request, or say that it has none."""
        chosen = self.query_one(ChoiceList).highlighted
        if chosen is None:
            return
        if request_id := self._records[chosen][1].request_id:
            self.answer(line(request_id, 200))
        else:
            self.notify(_("no request ID to copy"), severity="warning", markup=False)


def _shortened(id: re.Match[str]) -> str:
    return f"{id[0][:8]}…"


def _line(at: datetime, record: "RequestRecord", now: datetime) -> Content:
    status = str(record.status) if record.status else "—"
    is_bad = record.status is None or record.status >= 400
    time = Content.styled(f"{short_time(at, now)}  ", "dim")
    ended = Content.styled(f"{status:>4}", "bold $text-error" if is_bad else "bold")
    request = line(f"{record.method} {_ID.sub(_shortened, record.path)}", 200)
    return time + ended + Content(f"  {record.milliseconds:>6} ms  {request}")
