"""Configurations from texts, without files."""

from pathlib import Path

from kps_tui.identity.config_reader import Reader
from kps_tui.identity.configuration import combined
from kps_tui.identity.profiles import Configuration, profiles_file, views_file


def configuration_in(text: str, path: Path, *, profiles: str = "", views: str = "") -> Configuration:
    """Return the configuration in `text`, of the user's file `path`, and in the texts of the program's two files."""
    return combined(Reader(text, path), Reader(profiles, profiles_file(path)), Reader(views, views_file(path)))
