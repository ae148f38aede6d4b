"""The last requests: when, what, how it ended, how long it took; an id for whoever must look into it."""

import re
from collections.abc import Callable, Sequence
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
from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.ui.age import short_time
from kps_tui.ui.screens.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from kps_tui.kps.transport import RequestRecord

Noted = tuple[datetime, "RequestRecord"]
_ID = re.compile(r"(?<=/)[0-9A-Za-z_-]{20,}(?=[/?]|$)")
"""The id of a project or a user, in a path: it is the same in every line, and the offset behind it is not."""


class RequestsScreen(Dialog["str"]):
    """Returns the request id that is to be copied; nothing after Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,E", "close", _("Close"), id="requests.close"),
        Binding("j", "move(1)", show=False, id="requests.down"),
        Binding("k", "move(-1)", show=False, id="requests.up"),
        Binding("y", "copy", _("Copy the request id"), id="requests.copy"),
    ]

    def __init__(self, noted: Sequence[Noted], now: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._noted = noted
        self._now = now

    def compose(self) -> ComposeResult:
        """A line a request, the newest first; below, what went wrong with the chosen one."""
        with Vertical(id="requests", classes="box") as box:
            box.border_title = Content(_("The last requests"))
            box.border_subtitle = Content(_("y copies the request id · Esc closes"))
            yield OptionList(*(Option(_line(noted, self._now())) for noted in self._noted), markup=False)
            yield Static(_("no request was sent yet") if not self._noted else "", id="request-detail", markup=False)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        _at, exchange = self._noted[event.option_index]
        request_id = line(exchange.request_id, 120) or _("the service sent no request id")
        error = line(exchange.error, 400)
        if not error and exchange.status is None:
            error = _("stopped before an answer came")
        said = [Content.styled(error, "bold $text-error")] if error else []
        self.query_one("#request-detail", Static).update(Content("\n").join([Content(request_id), *said]))

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_copy()

    def action_copy(self) -> None:
        """Copy the id of the chosen request."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is None:
            return
        if request_id := self._noted[chosen][1].request_id:
            self.answer(line(request_id, 200))
        else:
            self.notify(_("there is no request id to copy"), severity="warning", markup=False)

    def action_move(self, rows: int) -> None:
        """Move as in the table."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if rows > 0 else options.action_cursor_up()


def _beginning(id: re.Match[str]) -> str:
    return f"{id[0][:8]}…"


def _line(noted: Noted, now: datetime) -> Content:
    at, exchange = noted
    status = str(exchange.status) if exchange.status else "—"
    is_bad = exchange.status is None or exchange.status >= 400
    time = Content.styled(f"{short_time(at, now)}  ", "dim")
    ended = Content.styled(f"{status:>4}", "bold $text-error" if is_bad else "bold")
    request = line(f"{exchange.method} {_ID.sub(_beginning, exchange.path)}", 200)
    return time + ended + Content(f"  {exchange.milliseconds:>6} ms  {request}")
