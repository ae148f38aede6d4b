"""Messages of the screens to the program."""

from dataclasses import dataclass

from textual.message import Message


@dataclass
class LoginNeeded(Message):
    """There is no login to begin with, or the user wants another."""

    reason: str = ""


@dataclass
class PaletteAsked(Message):
    """The user looks for a command by its name."""


@dataclass
class HelpAsked(Message):
    """The user wants to see every key."""


@dataclass
class DoctorAsked(Message):
    """The user wants to know what stands in the way."""


@dataclass
class ContextAsked(Message):
    """The user wants another profile, or the place before."""

    previous: bool = False
