"""The list of the dialogs, whose highlighted line is visible in every theme."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.style import Style
from textual.widget import Widget
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """An option list with the keys of the table, whose highlighted line is visible without colours and the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="choices.down"),
        Binding("k", "cursor_up", show=False, id="choices.up"),
    ]

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Return the style of a component, including `reverse`."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return with_reverse(self, style, component_classes)


def with_reverse(widget: Widget, style: Style, component_classes: tuple[str, ...]) -> Style:
    """Return `style`, that of a component of `widget`, with its `reverse`, which Textual 8.2.8 leaves out."""
    is_reversed = any(widget.get_component_styles(name).text_style.reverse for name in component_classes)
    return style + Style(reverse=True) if is_reversed else style
