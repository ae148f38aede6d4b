"""The footer: the most important keys that can be pressed now, as many as fit without being cut."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.keys import key_to_character
from textual.reactive import reactive, var
from textual.screen import Screen
from textual.widget import Widget

from kps_tui.i18n import N_, _, number
from kps_tui.ui.model.bench import Bench

KEPT = 2
"""Number of keys at the end, help and quit, that are shown at every width."""
MOST = 7
"""The most keys in the footer."""
LAST = 4
"""Number of keys at the end that are kept if there are more than `MOST`."""
OF_MARKS = {
    "take.ticket": N_("Ticket of {count}"),
    "take.copy": N_("Copy {count}"),
    "take.export": N_("Export {count}"),
}
"""The commands that are offered for the marked tasks: their labels by the id of the binding."""

OF_DETAIL = {"look.detail": N_("List")}
"""The commands that do something else in the full-width detail than in the list, with their labels there."""


class Hint(NamedTuple):
    """A key and what it does."""

    key: str
    """Textual's name of the key."""
    shown: str
    """The key as it is shown."""
    label: str

    @property
    def parts(self) -> tuple[tuple[str, str], str]:
        """The text with its styles."""
        return (f" {self.shown} ", "bold"), f"{self.label} "

    @property
    def cells(self) -> int:
        """Width of the text."""
        return cell_len(f" {self.shown} {self.label} ")


class KeyFooter(Widget):
    """A line of at most seven keys, in the order of the command registry. A click on a key presses it.

    Textual's footer has a widget for each key. Replacing these takes longer than everything else after a key press.
    """

    ALLOW_SELECT = False

    bench: var[Bench] = var(Bench)
    """While tasks are marked, the commands of `OF_MARKS` come first."""
    full_detail: var[bool] = var(False)
    """Whether the detail has the full width."""
    hints: reactive[tuple[Hint, ...]] = reactive(())

    def __init__(self) -> None:
        super().__init__()
        self._usual: tuple[Hint, ...] = ()
        self._of_marks: tuple[Hint, ...] = ()

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Show the number of marks."""
        if len(old.marked) != len(bench.marked):
            self._choose()

    def _follow(self, screen: Screen[Any]) -> None:
        """Show the keys that `screen` offers now; Textual calls this after almost every key press."""
        usual: dict[str, Hint] = {}
        of_marks: dict[str, Hint] = {}
        focused = screen.focused
        for key, active in screen.active_bindings.items():
            # Where the user has configured keys, Textual also names those that an input takes as text.
            if focused is not active.node and focused and focused.check_consume_key(key, key_to_character(key)):
                continue
            binding = active.binding
            shown = self.app.get_key_display(binding)
            if binding.show and binding.action not in usual:
                of_detail = OF_DETAIL if self.full_detail else {}
                label = of_detail.get(binding.id or "", binding.description)
                usual[binding.action] = Hint(binding.key, shown, _(label))
            if binding.id in OF_MARKS:
                of_marks.setdefault(binding.id, Hint(binding.key, shown, _(OF_MARKS[binding.id])))
        self._usual = tuple(usual.values())
        self._of_marks = tuple(of_marks[id] for id in OF_MARKS if id in of_marks)
        self._choose()

    def _choose(self) -> None:
        """Choose at most `MOST` keys: first those of `OF_MARKS`, then the usual ones, of which the last always stay."""
        count = number(len(self.bench.marked))
        first = self._of_marks if self.bench.marked else ()
        taking = tuple(hint._replace(label=hint.label.format(count=count)) for hint in first)
        room = MOST - len(taking)
        usual = self._usual
        if len(usual) > room:
            last = min(LAST, room - 1)
            usual = (*usual[: room - last], *usual[-last:])
        self.hints = (*taking, *usual)

    def render(self) -> Content:
        """Return the keys that fit."""
        return Content.assemble(*(part for hint in self._fitting() for part in hint.parts))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        left = event.x
        for hint in self._fitting():
            left -= hint.cells
            if left < 0:
                self.app.simulate_key(hint.key)
                return

    def _fitting(self) -> Iterator[Hint]:
        """Yield the keys that fit, including the last two, help and quit."""
        others, kept = self.hints[:-KEPT], self.hints[-KEPT:]
        room = self.size.width - sum(hint.cells for hint in kept)
        for hint in others:
            room -= hint.cells
            if room < 0:
                break
            yield hint
        yield from kept
