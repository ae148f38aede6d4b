"""The choice of the theme, what needs no colour, and how well `contrast` can be read."""

import asyncio
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style

from kps_tui.identity.profiles import Configuration
from kps_tui.session.session import Session
from kps_tui.settings import Settings, settings_from
from kps_tui.ui.app import KpsApp
from kps_tui.ui.widgets.login_fields import SecretInput
from tests.demo_app import demo_target, press_keys, running, settled, target_at, until
from tests.ui.screens.driving import text_of


@pytest.mark.parametrize(
    ("settings", "configured", "theme"),
    [
        (Settings(), "", "terminal"),
        (Settings(), "dark", "textual-dark"),
        (Settings(theme="light"), "dark", "textual-light"),
        (Settings(theme="terminal"), "dark", "terminal"),
        (Settings(color=False), "dark", "mono"),
        (Settings(theme="contrast"), "dark", "contrast"),
        (Settings(theme="contrast", color=False), "", "mono"),
    ],
)
def test_the_flag_then_the_configuration_then_the_terminal(settings: Settings, configured: str, theme: str) -> None:
    session = Session.on(target_at("http://127.0.0.1:9"), Configuration(Path("config.toml"), theme=configured))
    assert KpsApp(session, settings).theme == theme
    assert session.context.configuration.theme == configured


LEAST_CONTRAST = 7.0
"""WCAG 2.2, success criterion 1.4.6 (AAA)."""
STATES = {
    "list": ("space", "j"),
    "filter": ("slash", *"server:web nonsense:x", "enter"),
    "detail": ("enter",),
    "groups": ("F",),
    "timeline": ("t",),
    "help": ("question_mark",),
    "commands": ("colon",),
    "copy": ("y",),
    "sign-in": ("L",),
}


def _luminance(colour: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = colour.get_truecolor()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def _contrast(style: Style) -> float:
    assert style.color
    assert style.bgcolor
    darker, lighter = sorted((_luminance(style.color), _luminance(style.bgcolor)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_letter_of_the_contrast_theme_can_be_read_in_every_state() -> None:
    async def go() -> None:
        with demo_target(300) as target:
            async with running(target, settings=Settings(theme="contrast")) as (app, pilot):
                await settled(app, pilot)
                for state, keys in STATES.items():
                    await press_keys(app, *keys)
                    await settled(app, pilot)
                    drawn = [segment for strip in app.screen._compositor.render_strips(app.size) for segment in strip]
                    for segment in drawn:
                        # A half block is an edge of a scrollbar, not a letter.
                        if segment.style and segment.text.strip(" ▁▂▃▄▅▆▇█▀▔"):
                            assert not segment.style.dim, (state, segment)
                            assert _contrast(segment.style) >= LEAST_CONTRAST, (state, segment)
                    await press_keys(app, *["escape"] * 4)
                    await settled(app, pilot)

    asyncio.run(go())


def test_selected_text_of_a_field_is_reversed_without_colours() -> None:
    async def go() -> None:
        async with running(target_at("http://127.0.0.1:9"), settings=Settings(theme="mono")) as (app, pilot):
            await settled(app, pilot)
            await press_keys(app, "L", "enter", "enter")
            await until(pilot, "the login is asked for", lambda: "IAM token" in text_of(app))
            field = app.screen.query_one("#token-token", SecretInput)
            field.value = "secret"
            field.select_all()
            await pilot.pause()
            line = app.screen._compositor.render_strips(app.size)[field.region.y]
            reversed_text = "".join(part.text for part in line if part.style and part.style.reverse)
            assert reversed_text.count("•") == len("secret")

    asyncio.run(go())


@pytest.mark.parametrize(
    ("options", "environ", "level"),
    [
        ({}, {}, "full"),
        ({"no_animation": True}, {}, "none"),
        ({}, {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}, "none"),
    ],
)
def test_nothing_is_animated_over_ssh_or_if_the_user_does_not_want_it(
    options: dict[str, object], environ: dict[str, str], level: str
) -> None:
    app = KpsApp(Session.on(target_at("http://127.0.0.1:9")), settings_from(options, environ))
    assert app.animation_level == level


def test_mono_has_no_colour_in_any_state() -> None:
    async def go() -> None:
        with demo_target(400) as target:
            async with running(target, (80, 24), Settings(theme="mono", demo=True)) as (app, pilot):
                await settled(app, pilot)
                for state, keys in {**STATES, "why": ("x",)}.items():
                    await press_keys(app, *keys)
                    await pilot.pause()
                    styles = {part.style for strip in app.screen._compositor.render_strips(app.size) for part in strip}
                    colours = {colour for style in styles if style for colour in (style.color, style.bgcolor)}
                    assert {colour.name for colour in colours if colour} <= {"default"}, state
                    await press_keys(app, "escape", "escape")

    asyncio.run(go())
