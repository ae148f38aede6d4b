"""The choice of a region or an endpoint: an input, and below it the regions that match."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from kps_tui.i18n import _
from kps_tui.kps.regions import REGIONS
from kps_tui.sanitize import line
from kps_tui.terminal.width import padded
from kps_tui.ui.widgets.choice_list import ChoiceList
from kps_tui.ui.widgets.line_input import LineInput

DEMO, OTHER = "demo", "other"
"""Ids of the options below the regions."""


class RegionChoice(Vertical):
    """Offers the regions that contain every word of the input, then the input's text as it is, then the demo."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_list", show=False, id="sign-in.down")]

    @dataclass
    class Chosen(Message):
        """Posted when a region, or the endpoint of another cloud, is chosen."""

        place: str

    class DemoChosen(Message):
        """Posted when the demo is chosen."""

    def compose(self) -> ComposeResult:
        """Put the input above the list."""
        yield Static(_("Which region? Type to search, ↓ to choose, Enter to select."), markup=False)
        yield LineInput(
            placeholder=_("cn-north-4, Singapore, https://kms.region.example.com …"), select_on_focus=False, id="narrow"
        )
        yield ChoiceList(id="regions", markup=False)

    def on_mount(self) -> None:
        """Offer all regions."""
        self._narrow(self.text)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one("#narrow", Input).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one("#narrow", Input).value = text

    def begin(self) -> None:
        """Focus the input."""
        self.query_one("#narrow").focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        options = self.query_one(ChoiceList)
        options.clear_options()
        words = text.casefold().split()
        for region, name in REGIONS.items():
            # In another language, the English names find it too.
            if all(word in f"{region} {name} {_(name)}".casefold() for word in words):
                options.add_option(Option(Content(f"{padded(region, 18)}{_(name)}"), id=region))
        if text.strip() and text.strip() not in REGIONS:
            options.add_option(
                Option(Content(_("use “{text}” as it is").format(text=line(text.strip(), 60))), id=OTHER)
            )
        options.add_option(Option(Content(_("try demo data (F2)")), id=DEMO))
        options.highlighted = 0

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        options = self.query_one(ChoiceList)
        self._choose(options.get_option_at_index(options.highlighted or 0).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_id)

    def _choose(self, id: str | None) -> None:
        if id == DEMO or id is None:
            self.post_message(self.DemoChosen())
        else:
            self.post_message(self.Chosen(self.text.strip() if id == OTHER else id))

    def action_to_list(self) -> None:
        """Move the focus from the input to the list."""
        self.query_one(ChoiceList).focus()
