"""The dialog that explains an incident or a task: what failed, where and when, the likely cause, and what to check."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kps_tui.blocking import run_async
from kps_tui.i18n import _, counted, listed, number
from kps_tui.kps.task import FailedTask
from kps_tui.triage import incident_words as words
from kps_tui.triage.explanation import Explanation, LikelyCause, explain_task
from kps_tui.triage.explanation_export import LabelledText, Part, as_plain, parts_of
from kps_tui.triage.facets import Counted
from kps_tui.triage.incidents import Incident, messages, spread
from kps_tui.ui.model.incident_finder import Incidents
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.task_words import task_title
from kps_tui.ui.widgets.choice_list import ChoiceList
from kps_tui.ui.widgets.why_band import incident_base

if TYPE_CHECKING:
    from kps_tui.triage.store import TaskStore

MOST = 50
"""The most incidents in the list."""
IN_SHORT = "Space · a · Y · i · Tab · Esc"
"""The keys, where there is no room to say what they do."""
SEVERAL = 8
"""The most families, key pairs and messages that are named."""


class Act(Enum):
    """What can be done with the tasks that are explained."""

    MARK = auto()
    ACKNOWLEDGE = auto()
    TICKET = auto()
    ONLY = auto()


class DiagnosisScreen(Dialog[None]):
    """Explains an incident or the task under the cursor, and lists the other incidents, which can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,x", "close", show=False, id="diagnosis.close"),
        Binding("j", "scroll(1)", show=False, id="diagnosis.down"),
        Binding("k", "scroll(-1)", show=False, id="diagnosis.up"),
        Binding("space", "act('MARK')", show=False, id="diagnosis.mark", priority=True),
        Binding("a", "act('ACKNOWLEDGE')", show=False, id="diagnosis.acknowledge"),
        Binding("Y", "act('TICKET')", show=False, id="diagnosis.ticket"),
        Binding("i", "only", show=False, id="diagnosis.only"),
    ]

    text: var[Content] = var(Content(), init=False)
    """The explanation, computed for the current width."""

    def __init__(
        self,
        task: FailedTask,
        own: Incident | None,
        incidents: Incidents,
        load: LoadState,
        now: datetime,
        act: Callable[[Act, Incident | None], None],
        shown: Incident | None,
    ) -> None:
        """Create it for a task.

        Args:
            task: the task under the cursor.
            own: the incident that it belongs to.
            incidents: all incidents.
            load: how much of the list is loaded.
            now: the current time.
            act: acts on an incident, or on the task if it is given None.
            shown: the incident that is explained first; None for the task.
        """
        super().__init__()
        self._at_cursor, self._incidents, self._load, self._now, self._act = task, incidents, load, now, act
        found = list(incidents.ranked[:MOST])
        self._choices: list[Incident | None] = [*([] if own else [None]), *found]
        if own is not None and not any(own is incident for incident in found):
            self._choices.insert(0, own)
        self._shown = shown

    def compose(self) -> ComposeResult:
        """Yield the explanation, which scrolls, and the list of the incidents."""
        with Vertical(id="diagnosis", classes="box"):
            with VerticalScroll(id="explanation"):
                yield Static("", markup=False)
            yield ChoiceList(*(Option(Content(self._title(choice))) for choice in self._choices), markup=False)

    def on_mount(self) -> None:
        """Highlight what is explained."""
        at = next(place for place, choice in enumerate(self._choices) if choice is self._shown)
        self.query_one(ChoiceList).highlighted = at
        self.query_one("#explanation").focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self._explain()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._shown = self._choices[event.option_index]
        self._explain()
        self.query_one("#explanation").focus()

    def _explain(self) -> None:
        subject = self._title(self._shown) if self._shown else task_title(self._at_cursor)
        box = self.query_one("#diagnosis")
        box.border_title = Content(_("Why · {subject}").format(subject=subject))
        if self._shown:
            keys = _("Space mark · a acknowledge · Y ticket · i only these · Tab others · Esc")
        else:
            keys = _("Space mark · a acknowledge · Y ticket · Tab others · Esc")
        box.border_subtitle = Content(keys if cell_len(keys) <= self.size.width - 8 else IN_SHORT)
        self._wrap_text(self.query_one("#explanation").scrollable_content_region.width)

    @work(group="diagnosis", exclusive=True)
    async def _wrap_text(self, width: int) -> None:
        self.text = await run_async(partial(self._text, max(20, width)))

    def watch_text(self, text: Content) -> None:
        """Show the text from its top."""
        self.query_one(Static).update(text)
        self.query_one("#explanation").scroll_home(animate=False)

    def _text(self, width: int) -> Content:
        store, incident = self._incidents.view.store, self._shown
        if incident is None:
            parts = [*parts_of(explain_task(self._at_cursor, store), self._now)]
        else:
            likely = (LikelyCause(incident.diagnosis, (incident.operation,)),) if incident.diagnosis else ()
            explanation = Explanation("", likely, (incident.operation,))
            parts = [self._incident_part(store, incident), *parts_of(explanation, self._now)]
        return Content("\n\n").join(_content(part, width) for part in parts)

    def _incident_part(self, store: "TaskStore", incident: Incident) -> Part:
        found = spread(store, incident.tasks)
        lead = _("{count} of {base} {share}").format(
            count=number(len(incident.tasks)),
            base=incident_base(self._incidents, self._load),
            share=words.sharing(incident),
        )
        servers = counted(found.servers, "1 server", "{count} servers")
        look = words.first_look(incident)
        rows = [
            *([LabelledText(_("check first"), look)] if look else []),
            LabelledText(_("operation"), incident.operation or "?"),
            LabelledText(_("time"), words.times(incident, self._now)),
            LabelledText(
                _("servers"), _("{servers}: {families}").format(servers=servers, families=_several(found.families))
            ),
            LabelledText(_("key pairs"), _several(found.key_pairs)),
            *(LabelledText(_("message"), text) for text in _each(messages(store, incident.tasks))),
        ]
        return Part(lead, rows)

    def _title(self, incident: Incident | None) -> str:
        if incident is None:
            return _("only the task under the cursor")
        return _("{count} × {operation}: {what} · {times}").format(
            count=number(len(incident.tasks)),
            operation=incident.operation or "?",
            what=words.in_short(incident) if incident.diagnosis else incident.message or words.in_short(incident),
            times=words.times(incident, self._now),
        )

    def action_act(self, name: str) -> None:
        """Act on the tasks that are explained."""
        self._act(Act[name], self._shown)

    def action_only(self) -> None:
        """Show only the tasks of the incident, and close."""
        if self._shown is not None:
            self._act(Act.ONLY, self._shown)
            self.answer(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll the explanation by `lines`."""
        self.query_one("#explanation").scroll_relative(y=lines, animate=False)


def _content(part: Part, width: int) -> Content:
    lines = list(as_plain(part, width))
    return Content("\n").join(
        Content.styled(line, "bold") if part.heading and not line.startswith(" ") else Content(line) for line in lines
    )


def _each(values: Sequence[Counted]) -> Iterator[str]:
    none = _("none")
    for each in values[:SEVERAL]:
        yield f"{number(each.count)} × {each.value or none}"
    if (more := len(values) - SEVERAL) > 0:
        yield counted(more, "and {count} more", "and {count} more")


def _several(values: Sequence[Counted]) -> str:
    named = [words.count_of(each, _("none")) for each in values[:SEVERAL]]
    more = len(values) - SEVERAL
    return listed([*named, *([counted(more, "{count} more", "{count} more")] if more > 0 else [])])
