"""The language of a run: `--lang`, then the configuration, then the locale."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kps_tui.cli.language import choose_language
from kps_tui.cli.options import OPTION_CELLS
from kps_tui.i18n import DOMAIN, _, known_language, use_language
from kps_tui.terminal.width import cells
from tests.identity.config_texts import configuration_in
from tests.program import run

HELP = "Show this message and exit."
CHINESE = "显示此帮助并退出。"


@pytest.fixture(autouse=True)
def source_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Texts of the source again after each test."""
    monkeypatch.setenv("LANGUAGE", "")
    yield
    use_language("")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "zh_CN") for name in ("zh_CN", "zh-CN", "ZH_cn", "zh", "zh_CN.GB18030", "zh_CN.UTF-8@x", "zh_SG")),
        *((name, "zh_CN") for name in ("zh_Hans", "zh-Hans-HK")),
        *(
            (name, "")
            for name in ("zh_TW", "zh-HK", "zh_Hant", "C", "C.UTF-8", "POSIX", "", "fr_FR", "../zh_CN", "zhx")
        ),
        *((name, "en") for name in ("en", "en_US.UTF-8", "en-GB")),
        *((name, "pt_BR") for name in ("pt_BR", "pt-br")),
        *((name, "de") for name in ("de", "de_AT.UTF-8")),
        ("pt_PT", ""),
    ],
)
def test_a_language_is_known_by_the_names_of_its_locales(name: str, code: str, tmp_path: Path) -> None:
    for there in ("zh_CN", "pt_BR", "de"):
        catalogue = tmp_path / there / "LC_MESSAGES" / f"{DOMAIN}.mo"
        catalogue.parent.mkdir(parents=True)
        catalogue.touch()
    assert known_language(name, tmp_path) == code


@pytest.mark.parametrize(
    ("arguments", "locale", "text"),
    [
        (["--lang", "zh_CN", "--help"], {}, CHINESE),
        (["list", "-h", "--lang=zh"], {}, CHINESE),
        (["--lang", "en", "list", "--lang", "zh"], {}, CHINESE),
        (["--lang", "zh", "list", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, HELP),
        (["why", "--", "--lang", "zh"], {}, HELP),
        (["--lang", "xx"], {"LANG": "zh_CN.UTF-8"}, CHINESE),
        (["--lang"], {}, HELP),
        ([], {"LANG": "zh_CN.GB18030"}, CHINESE),
        ([], {"LC_MESSAGES": "C", "LANG": "zh_CN"}, HELP),
        ([], {"LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "C"}, CHINESE),
        ([], {"LC_ALL": "", "LANG": "zh_TW.UTF-8"}, HELP),
        ([], {}, HELP),
    ],
)
def test_a_flag_comes_before_the_locale(arguments: list[str], locale: dict[str, str], text: str) -> None:
    choose_language(arguments, locale)
    assert _(HELP) == text


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        ('lang = "zh_CN"', CHINESE),
        ('lang = "xx"', HELP),
        ("lang = 1", HELP),
        ('lang = "zh_CN', HELP),
        ('[profiles.lang]\nuser = "zh_CN"', HELP),
    ],
)
def test_the_configuration_comes_between_them(configuration: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(configuration)
    choose_language(["list", "--config", str(path)], {"LANG": "C"})
    assert _(HELP) == text
    choose_language([], {"KPS_TUI_CONFIG": str(path), "LANG": "en_US"})
    assert _(HELP) == text
    choose_language(["--lang", "en", f"--config={path}"], {})
    assert _(HELP) == HELP


def test_an_unknown_language_in_the_configuration_is_a_warning() -> None:
    [warning] = configuration_in('lang = "xx"', Path("/c.toml")).warnings
    assert warning == "/c.toml, line 1: lang: “xx” is not a language of kps-tui; use one of: en, zh_CN"
    assert configuration_in('lang = "zh-hans"', Path("/c.toml")).warnings == ()


def test_help_is_in_the_language_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    assert CHINESE in run(tmp_path / "1", "list", "-h", "--lang", "zh_CN").out
    help = run(tmp_path / "3", "list", "--help", "--lang", "zh_CN", environ={"COLUMNS": "60"}).out.splitlines()
    chinese = [line for line in help if cells(line) > len(line)]
    assert max(map(cells, chinese)) in (57, 58), "lines are filled, and none is longer than the terminal"
    assert not any(line.lstrip().startswith(tuple("，。；：？！）”")) for line in help)
    own = help[help.index("选项:") : help.index("连接:")]
    texts = {cells(line[: -len(line.lstrip())]) for line in own if line.startswith(" " * 20)}
    assert texts == {2 + OPTION_CELLS + 2}, "the column of the texts is straight"
    ended = run(tmp_path / "2", "--lang", "xx", "list", "--demo")
    assert (ended.code, ended.out) == (2, "")
    assert "“xx” is not a language of kps-tui; use one of: en, zh_CN" in ended.err


def test_an_encoding_that_can_not_show_the_language_gets_the_source(tmp_path: Path) -> None:
    latin = {"LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "latin-1"}
    ended = run(tmp_path / "1", "--help", environ=latin)
    assert ended.code == 0
    assert HELP in ended.out
    assert run(tmp_path / "2", "--help", "--lang", "zh_CN", environ=latin).out == ended.out
