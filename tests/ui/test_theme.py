"""The choice of the theme."""

from pathlib import Path

import pytest

from kps_tui.identity.profiles import Configuration
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from tests.demo_app import target_at


@pytest.mark.parametrize(
    ("settings", "configured", "theme"),
    [
        (Settings(), "", "terminal"),
        (Settings(), "dark", "textual-dark"),
        (Settings(theme="light"), "dark", "textual-light"),
        (Settings(theme="terminal"), "dark", "terminal"),
        (Settings(color=False), "dark", "mono"),
    ],
)
def test_the_flag_then_the_configuration_then_the_terminal(settings: Settings, configured: str, theme: str) -> None:
    session = Session.on(target_at("http://127.0.0.1:9"), Configuration(Path("config.toml"), theme=configured))
    assert KpsApp(session, settings).theme == theme
    assert session.context.configuration.theme == configured
