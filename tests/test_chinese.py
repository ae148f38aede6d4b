"""Chinese sentences that are put together from several texts, and lines that are broken between their characters."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kps_tui.doctor.configuration import configuration
from kps_tui.doctor.examination import open_examination
from kps_tui.files import read, reason
from kps_tui.i18n import use_language
from kps_tui.kps.regions import check_region
from kps_tui.problems import ConfigError
from kps_tui.settings import Settings, Sourced
from kps_tui.terminal.width import cells
from kps_tui.triage.explanation import explain_text
from kps_tui.triage.explanation_export import write
from kps_tui.triage.query import parse_sort, words_of
from kps_tui.triage.ticket import TicketHeading, ticket
from tests.triage.tasks import task

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
WIDTH = 60
pytestmark = pytest.mark.xdist_group("texts")


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every text in Chinese; afterwards texts are those of the source again."""
    monkeypatch.setenv("LANGUAGE", os.environ.get("LANGUAGE", ""))
    assert use_language("zh_CN")
    yield
    use_language("")


def test_an_explanation_is_wrapped_and_names_a_cause_once() -> None:
    out = io.StringIO()
    write([explain_text("Server login credential incorrect", "replace")], {}, "plain", out, NOW, WIDTH)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if cells(line) > WIDTH and "https://" not in line] == []
    assert not any(line.lstrip().startswith(tuple("，。；：？！）”")) for line in lines)
    assert any(cells(line) > WIDTH - 4 for line in lines)
    assert "私钥错误或已过期" not in out.getvalue()


def test_a_ticket_begins_with_one_sentence() -> None:
    tasks = [task(server_id=f"s-{number}", task_time=1_700_000_000_000 + number) for number in range(3)]
    sentence = ticket(tasks, TicketHeading("cn-north-4", "p", "3", NOW), UTC).split("\n\n")[1]
    assert sentence == "1 种错误，涉及 3 台云服务器，2023-11-14 22:13:20 UTC。"


def test_an_order_is_one_sentence() -> None:
    assert words_of(parse_sort("-server,time,op")) == "按“服务器”降序，其次最早在前，其次按“操作”升序"


def test_a_problem_says_what_and_why_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        read(tmp_path / "none")
    problem = ConfigError("无法读取配置", why=reason(missing.value), next_step="修正该文件")
    assert str(problem) == "无法读取配置：文件或目录不存在 · 修正该文件"


def test_a_region_is_meant_by_its_chinese_name() -> None:
    with pytest.raises(ConfigError) as refused:
        check_region("华北-北京四")
    assert str(refused.value).endswith("是不是“cn-north-4”？否则应为区域 ID，例如 cn-north-4，cn-north-1，cn-north-2")


def test_doctor_tells_a_warning_from_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("regoin = 1\n[profiles.a]\nregoin = 'cn-north-4'\n", encoding="utf-8")
    settings = Settings(config=Sourced(str(config), "--config"))
    warnings = [each for each in configuration(open_examination(settings, {})) if each.level == "warning"]
    assert "是不是“region”？" in [each.do for each in warnings]
    assert not any("是不是" in each.says for each in warnings)
