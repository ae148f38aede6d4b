"""The sign-in screen with the demo service: steps, refusals, where the login is stored, and what stays."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from kps_tui.demo.server import DemoServer
from kps_tui.identity.login_kinds import LOGIN_KINDS, LoginKind
from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.identity.vault import Vault
from kps_tui.locations import config_file
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.login_fields import PROJECT, SecretInput
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import demo_target, frozen, grid, headless, press_keys, screen_of, settled, target_at, until
from tests.live_app import Service
from tests.loopback import Reply, Request, http, serving

Body = Callable[[KpsApp, Pilot[int], DemoServer], Awaitable[None]]


def no_keyring() -> "object":
    """A storage as on a host without a keyring."""
    from kps_tui.identity.keyring_errors import NoKeyring

    raise NoKeyring("there is no keyring")


def drive(body: Body, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: Profile | None = None) -> None:
    """Run `body` with the program, without configuration and keyring."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def go() -> None:
        with DemoServer(tasks=1200) as server, demo_target(50) as demo:
            path = config_file()
            profiles = {profile.name: replace(profile, endpoint=server.endpoint)} if profile else {}
            chosen = Chosen(profiles[profile.name], "the only profile") if profile else None
            found = Context(Settings(), {}, Configuration(path, profiles), chosen)
            vault = Vault(no_keyring)  # type: ignore[arg-type]

            def start_demo() -> Target:
                return demo

            app = KpsApp(Session(found, vault, start_demo), now=frozen)
            async with headless(app, (120, 30)) as pilot:
                await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
                await body(app, pilot, server)

    asyncio.run(go())


def text_of(app: KpsApp) -> str:
    return "\n".join(grid(app))


async def choose(app: KpsApp, pilot: Pilot[int], where: str, kind_down: int) -> None:
    app.screen.query_one("#narrow", Input).value = where
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()
    await pilot.press(*["down"] * kind_down, "enter")
    await pilot.pause()


async def typed(app: KpsApp, pilot: Pilot[int], values: dict[str, str]) -> None:
    for id, value in values.items():
        app.screen.query_one(f"#{id}", Input).value = value
    app.screen.query_one(f"#{[*values][-1]}", Input).focus()
    await pilot.pause()
    await pilot.press("enter")


def test_from_nothing_to_the_table_with_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        assert "No profile yet" in text_of(app)
        await choose(app, pilot, server.endpoint, 0)
        await until(
            pilot,
            "it says where it is kept",
            lambda: "kept in memory until you quit: there is no keyring" in text_of(app),
        )
        await typed(app, pilot, {"project_id": server.project_id, "token-token": "wrong"})
        await until(pilot, "it is refused", lambda: "rejected the login (401)" in text_of(app))
        assert isinstance(app.screen, SignInScreen)
        await typed(app, pilot, {"token-token": server.token})
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        assert len(screen_of(app).view) == 1000
        assert "login: this run only" in text_of(app)
        assert any("signed in for this run only: there is no keyring" in said.message for said in app._notifications)
        assert server.token not in text_of(app)

    drive(body, monkeypatch, tmp_path)


@pytest.mark.parametrize("before", [pytest.param("", marks=pytest.mark.full), "\r\n"])
def test_a_token_pasted_over_several_lines_is_joined(
    before: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        app.screen.query_one("#project_id", Input).value = server.project_id
        app.screen.query_one("#token-token", Input).focus()
        half = len(server.token) // 2
        app.post_message(events.Paste(f"{before}{server.token[:half]}\r\n{server.token[half:]}\r\n"))
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))

    drive(body, monkeypatch, tmp_path)


def test_a_host_with_an_unknown_suffix_is_warned_about_before_anything_is_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stranger = "kms.cn-north-4.myhuaweicloud.com.evil"

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, f"https://{stranger}", 0)
        await until(pilot, "it warns", lambda: f"{stranger} is not a Huawei Cloud host" in text_of(app))
        assert app.screen.query_one("#token-token", Input).value == ""
        await pilot.press("escape", "escape")
        await choose(app, pilot, "cn-north-4", 0)
        await until(pilot, "it does not warn", lambda: "is not a host" not in text_of(app))

    drive(body, monkeypatch, tmp_path)


def test_enter_in_an_empty_field_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        await typed(app, pilot, {"token-token": ""})
        said = "IAM token is empty · type it, then Enter"
        await until(pilot, "it says so", lambda: said in text_of(app))

    drive(body, monkeypatch, tmp_path)


def test_what_was_typed_stays_after_a_failed_attempt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        await typed(app, pilot, {"project_id": "f" * 32, "token-token": server.token})
        await until(pilot, "it is refused", lambda: "(403)" in text_of(app))
        assert isinstance(app.screen, SignInScreen)
        assert app.screen.query_one("#token-token", Input).value == server.token
        await typed(app, pilot, {"token-token": "wrong", "project_id": server.project_id})
        await until(pilot, "the login is refused", lambda: "rejected the login (401)" in text_of(app))
        field = app.screen.query_one("#token-token", Input)
        assert app.focused is field
        assert field.selected_text == "wrong", "typing replaces it"
        assert app.screen.query_one("#project_id", Input).value == server.project_id

    drive(body, monkeypatch, tmp_path)


@pytest.mark.parametrize("kind", ["password", "access-key"])
def test_other_kinds_find_their_project(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 1 if kind == "password" else 2)
        values = (
            {
                "password-account": server.account.name,
                "password-user": server.account.user,
                "project_id": server.project_id,
                "password-password": server.account.password,
            }
            if kind == "password"
            else {
                "access-key-access_key": server.account.permanent.access_key,
                "access-key-secret_key": server.account.permanent.secret_key,
            }
        )
        await typed(app, pilot, values)
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        assert len(screen_of(app).view) == 1000
        assert server.project_id in text_of(app)

    drive(body, monkeypatch, tmp_path)


def test_f2_shows_the_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.press("f2")
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        assert "DEMO" in text_of(app)
        assert len(screen_of(app).view) == 50

    drive(body, monkeypatch, tmp_path)


def test_typing_narrows_the_regions_and_esc_goes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.press(*"sing")
        await pilot.pause()
        assert "AP-Singapore" in text_of(app)
        assert "Bangkok" not in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "How do you want to sign in?" in text_of(app)
        await pilot.press("escape", "escape", "escape")
        await pilot.pause()
        assert "Which region?" in text_of(app)
        assert app.is_running
        app.screen.query_one("#narrow", Input).value = "http://kms.example.com"
        await pilot.press("enter")
        await pilot.pause()
        assert "is not encrypted" in text_of(app)

    drive(body, monkeypatch, tmp_path)


def test_commands_of_the_list_have_no_keys_while_it_is_covered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.press("down")
        assert isinstance(app.focused, OptionList)
        footer = grid(app)[-1]
        assert "Help" in footer
        assert not {"Filter", "Groups", "Sort", "Rest"} & set(footer.split())
        await pilot.press("V")
        assert isinstance(app.screen, SignInScreen)
        await pilot.press("question_mark")
        await until(pilot, "the help is there", lambda: app.screen.is_modal)

    drive(body, monkeypatch, tmp_path)


def test_after_an_expired_login_rows_cursor_and_marks_are_where_they_were(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        await typed(app, pilot, {"project_id": server.project_id, "token-token": server.token})
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        triage = await settled(app, pilot)
        await press_keys(app, *["j"] * 5)
        await settled(app, pilot)
        assert triage.highlighted is not None
        task = triage.highlighted.row_key
        triage.bench = triage.bench.toggled(task)
        await pilot.press("L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        assert app.screen.query_one("#project_id", Input).value == server.project_id
        await typed(app, pilot, {"token-token": server.token})
        await until(pilot, "the table is back", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        assert triage.highlighted is not None
        assert triage.highlighted.row_key == task
        assert triage.bench.marked == {task}
        assert triage.query_one(TaskTable).cursor_row == 5

    drive(body, monkeypatch, tmp_path)


def test_a_login_of_a_vendors_tool_is_offered_and_its_file_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".huaweicloud").mkdir(parents=True)
    file = home / ".huaweicloud" / "credentials"
    monkeypatch.setenv("HOME", str(home))

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        text = f"[basic]\nak = {server.account.permanent.access_key}\nsk = {server.account.permanent.secret_key}\n"
        file.write_text(text)
        # Importable logins are read when the screen opens, so open it again after the file was written.
        await pilot.press("f2")
        await until(pilot, "the demo", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        await pilot.press("L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        await choose(app, pilot, server.endpoint, 4)
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        assert server.project_id in text_of(app)
        assert server.account.permanent.secret_key not in text_of(app)
        assert file.read_text() == text

    drive(body, monkeypatch, tmp_path)


def test_one_of_several_projects_is_chosen_from_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    projects = [{"id": f"{number}" * 32, "name": f"cn-north-4_{name}"} for number, name in ((1, "dev"), (2, "密钥"))]
    # A service may name a project twice.
    projects.append(projects[0])
    asked: list[str] = []

    def reply(request: Request) -> Reply:
        asked.append(request.target)
        return http({"projects": projects}) if "/projects" in request.target else http({"total": 0, "tasks": []})

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        async with serving(reply) as other:
            await choose(app, pilot, other.endpoint, 2)
            await typed(app, pilot, {"access-key-access_key": "AK1234567890", "access-key-secret_key": "sk-1234567890"})
            await until(pilot, "it asks which", lambda: "Which one?" in text_of(app))
            columns = {
                cell_len(line.partition(f"{n}" * 32)[0]) for n in (1, 2) for line in grid(app) if f"{n}" * 32 in line
            }
            assert len(columns) == 1, "the ids stand below each other"
            await pilot.press("down", "enter")
            await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
            await settled(app, pilot)
            assert f"/v3/{'2' * 32}/failed-tasks" in asked[-1]

    drive(body, monkeypatch, tmp_path)


def test_enter_twice_on_a_project_signs_in_once_and_esc_stops_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    projects = [{"id": f"{number}" * 32, "name": f"cn-north-4_{number}"} for number in (1, 2)]
    service = Service(lambda request: http({"total": 0, "tasks": []}))
    tried: list[str] = []

    def reply(request: Request) -> Reply:
        if "/projects" in request.target:
            return http({"projects": projects})
        tried.append(request.target)
        return service(request)

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        service.open.clear()
        async with serving(reply) as other:
            await choose(app, pilot, other.endpoint, 2)
            await typed(app, pilot, {"access-key-access_key": "AK1234567890", "access-key-secret_key": "sk-1234567890"})
            await until(pilot, "it asks which", lambda: "Which one?" in text_of(app))
            await press_keys(app, "enter")
            await until(pilot, "it tries", lambda: len(tried) == 1)
            await press_keys(app, "enter")
            assert "Signing in" in text_of(app)
            await press_keys(app, "escape")
            assert "Stopped" in text_of(app)
            assert "Which one?" in text_of(app)
            assert len(tried) == 1

    drive(body, monkeypatch, tmp_path)


def test_another_profile_that_is_chosen_meanwhile_takes_the_place_of_the_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        app.connection.switch_to(target_at(server.endpoint, server.project_id, server.token))
        await until(pilot, "its rows are there", lambda: len(screen_of(app).view) == 1000)
        assert isinstance(app.screen, TriageScreen)

    drive(body, monkeypatch, tmp_path)


def test_profiles_are_switched_and_minus_goes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        await typed(app, pilot, {"project_id": server.project_id, "token-token": server.token})
        await until(pilot, "the table is there", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        await pilot.press("C")
        await until(
            pilot, "no profile yet", lambda: any("no profile yet" in said.message for said in app._notifications)
        )
        await pilot.press("L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("f2")
        await until(pilot, "the demo", lambda: "DEMO" in text_of(app))
        await settled(app, pilot)
        assert len(screen_of(app).view) == 50
        await pilot.press("minus")
        await until(pilot, "back", lambda: "DEMO" not in text_of(app))
        await settled(app, pilot)
        assert len(screen_of(app).view) == 1000

    drive(body, monkeypatch, tmp_path)


def test_a_profile_without_its_login_leads_to_the_sign_in_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.press("f2")
        await until(pilot, "the demo", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        await pilot.press("C")
        await until(pilot, "the profiles", lambda: "Switch profile" in text_of(app))
        (shown,) = [text for text in grid(app) if "access-key" in text]
        assert "prod" in shown
        assert "cn-north-4" in shown
        await pilot.press("j", "enter")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        assert "there is no keyring" in text_of(app)
        assert "Access key (AK)" in text_of(app)
        assert app.screen.query_one("#access-key-access_key", Input).value == "AK12345678"

    profile = Profile("prod", region="cn-north-4", project_id="0" * 32, kind="access-key", access_key="AK12345678")
    drive(body, monkeypatch, tmp_path, profile)


def test_the_doctor_looks_on_the_screen_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.press("f2")
        await until(pilot, "the demo", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        await app.action_command("app.doctor")
        await until(pilot, "it found something", lambda: "permission" in text_of(app))
        assert "keyring" in text_of(app)
        assert re.search("─ Doctor · demo · (no problem found|[0-9]+ )", text_of(app))
        await pilot.press("escape")
        await until(pilot, "the table is back", lambda: isinstance(app.screen, TriageScreen))

    drive(body, monkeypatch, tmp_path)


def test_nothing_of_a_secret_field_can_be_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 0)
        field = app.screen.query_one("#token-token", SecretInput)
        field.value = "canary-in-a-field"
        field.focus()
        await pilot.pause()
        field.select_all()
        field.action_copy()
        field.action_cut()
        await pilot.pause()
        assert app.clipboard == ""
        assert field.value == "canary-in-a-field"
        assert "canary" not in text_of(app)
        assert "canary" not in app.export_screenshot()

    drive(body, monkeypatch, tmp_path)


def test_tab_and_shift_tab_visit_the_fields_only_and_typing_continues_a_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 1)
        names = ["password-account", "password-user", "password-password", "password-user_id", "password-passcode"]
        names.append("project_id")

        async def focused_after(key: str) -> str:
            await press_keys(app, key)
            return (app.focused and app.focused.id) or ""

        assert app.focused is app.screen.query_one("#password-account")
        assert [await focused_after("tab") for _ in names] == [*names[1:], names[0]]
        assert [await focused_after("shift+tab") for _ in names] == [*reversed(names)]
        assert [await focused_after("down") for _ in names[1:]] == names[1:]
        assert [await focused_after("up") for _ in names[1:]] == [*reversed(names[:-1])]
        await press_keys(app, *"acme", "tab", *"jo", "tab", *"pw", "shift+tab", *"e", "tab", *"1")
        values = [app.screen.query_one(f"#{name}", Input).value for name in names[:3]]
        assert values == ["acme", "joe", "pw1"]

    drive(body, monkeypatch, tmp_path)


def test_what_was_typed_stays_when_the_kind_is_changed_and_after_esc(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def value(app: KpsApp, id: str) -> str:
        return app.screen.query_one(f"#{id}", Input).value

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await choose(app, pilot, server.endpoint, 1)
        await press_keys(app, *"acme", "tab", *"joe", "tab", *"pw1", "tab", "tab", "tab", *"p-1")
        await press_keys(app, "escape", "up", "enter")
        assert "sign in · " in grid(app)[0]
        assert grid(app)[0].rstrip().endswith("· token")
        assert value(app, "project_id") == "p-1", "each kind has a project"
        await press_keys(app, *"tok", "escape", "down", "enter")
        kept = [value(app, f"password-{name}") for name in ("account", "user", "password")]
        assert kept == ["acme", "joe", "pw1"]
        await press_keys(app, "f2")
        await until(pilot, "the demo", lambda: isinstance(app.screen, TriageScreen))
        await settled(app, pilot)
        await press_keys(app, "L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        await until(pilot, "the fields are there", lambda: "acme" in text_of(app) and "p-1" in text_of(app))
        assert value(app, "narrow") == server.endpoint
        assert [value(app, id) for id in ("password-password", "token-token")] == ["", ""]
        assert app.focused is app.screen.query_one("#password-password"), "the first empty field"
        await press_keys(app, *"pw", "escape", "escape")
        await until(pilot, "the region's input shows it", lambda: text_of(app).count(server.endpoint) == 2)
        await press_keys(app, "escape")
        await until(pilot, "the list is back", lambda: isinstance(app.screen, TriageScreen))

    drive(body, monkeypatch, tmp_path)


def test_a_rejected_login_is_not_sent_again_by_enter_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    requests: list[Request] = []

    def reply(request: Request) -> Reply:
        requests.append(request)
        return http({"error_code": "APIGW.0301", "error_msg": "no"}, "401 X")

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        async with serving(reply) as other:
            await choose(app, pilot, other.endpoint, 0)
            await typed(app, pilot, {"project_id": server.project_id, "token-token": "wrong"})
            await until(pilot, "it is refused", lambda: "(401)" in text_of(app))
            sent = len(requests)
            await press_keys(app, "enter")
            await until(pilot, "it asks", lambda: "was just rejected" in text_of(app))
            assert len(requests) == sent
            await press_keys(app, "enter")
            await until(pilot, "it is sent again", lambda: "(401)" in text_of(app))
            assert len(requests) == 2 * sent
            await press_keys(app, *"other", "enter")
            await until(pilot, "another one is sent at once", lambda: len(requests) == 3 * sent)

    drive(body, monkeypatch, tmp_path)


def test_esc_at_the_choice_of_a_project_goes_back_to_the_typed_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    projects = {"projects": [{"id": f"{number}" * 32, "name": f"p{number}"} for number in (1, 2)]}

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        async with serving(lambda request: http(projects)) as other:
            await choose(app, pilot, other.endpoint, 2)
            await typed(app, pilot, {"access-key-access_key": "AK1234567890", "access-key-secret_key": "sk-1234567890"})
            await until(pilot, "it asks which", lambda: "Which one?" in text_of(app))
            await press_keys(app, "escape")
            await until(pilot, "the login is there", lambda: "AK1234567890" in text_of(app))
            assert app.screen.query_one("#access-key-secret_key", Input).value == "sk-1234567890"

    drive(body, monkeypatch, tmp_path)


@pytest.mark.parametrize("size", [pytest.param((80, 24), marks=pytest.mark.full), (60, 15)])
@pytest.mark.parametrize("kind", LOGIN_KINDS.values(), ids=LOGIN_KINDS)
def test_every_field_and_where_the_login_is_kept_are_on_a_small_screen(
    kind: LoginKind, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = "accepted login is kept in memory" if kind.is_stored else "no secret to keep"

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        await pilot.resize_terminal(*size)
        await choose(app, pilot, server.endpoint, [*LOGIN_KINDS].index(kind.name))
        await until(pilot, "it says where it is kept", lambda: kept in text_of(app))
        assert "Enter signs in, then shows the failed tasks." in text_of(app)
        for field in (*kind.fields, PROJECT):
            assert any(row.startswith(f" {field.label()}  ") for row in grid(app)), text_of(app)
            assert str(app.focused and app.focused.id).endswith(field.name)
            await press_keys(app, "tab")

    drive(body, monkeypatch, tmp_path)


def test_a_service_that_does_not_answer_shows_for_how_long_and_esc_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service = Service(lambda request: http({"total": 0, "tasks": []}))
    service.open.clear()

    async def body(app: KpsApp, pilot: Pilot[int], server: DemoServer) -> None:
        async with serving(service) as other:
            await choose(app, pilot, other.endpoint, 0)
            await typed(app, pilot, {"project_id": server.project_id, "token-token": "a-token"})
            await until(pilot, "it counts", lambda: "Signing in … · no answer for 2 s · Esc stops" in text_of(app))
            await press_keys(app, "escape")
            await until(pilot, "it stopped", lambda: "Stopped" in text_of(app))
            assert app.screen.query_one("#token-token", Input).value == "a-token"

    drive(body, monkeypatch, tmp_path)
