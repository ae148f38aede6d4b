"""The list of the dialogs, whose highlighted line is visible in every theme."""

from textual.style import Style
from textual.widget import Widget
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """An option list; `with_reverse` and its style make the highlighted line visible without colours and focus."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Return the style of a part, including `reverse`."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return with_reverse(self, style, component_classes)


def with_reverse(widget: Widget, style: Style, component_classes: tuple[str, ...]) -> Style:
    """Return `style` of a part of `widget` including `reverse`, which Textual 8.2.8 omits from component styles."""
    is_reversed = any(widget.get_component_styles(name).text_style.reverse for name in component_classes)
    return style + Style(reverse=True) if is_reversed else style
