"""The settings from the command line; those not given are left to the configuration."""

import pytest

from kps_tui.settings import Settings, settings_from


@pytest.mark.parametrize(
    ("flag", "configured", "theme"),
    [("light", "dark", "light"), (None, "dark", "dark"), (None, "", "terminal"), ("terminal", "dark", "terminal")],
)
def test_the_flag_wins_over_the_configured_theme(flag: str | None, configured: str, theme: str) -> None:
    settings = settings_from({"theme": flag}, {})
    assert settings.theme == flag
    assert settings.theme_or(configured) == theme


def test_what_was_not_asked_for_is_not_there() -> None:
    assert settings_from({}, {}) == Settings()
