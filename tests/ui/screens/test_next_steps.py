"""What an error says to do next: options and commands on the command line, fields and keys on the screen."""

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from kps_tui.doctor.finding import Finding, problem_of
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.configuration import load
from kps_tui.identity.edits import check_change, save_view
from kps_tui.identity.login_kinds import TOKEN
from kps_tui.identity.profiles import Chosen, Configuration, Profile, SavedView, no_such_profile, none_chosen
from kps_tui.identity.vault import Vault
from kps_tui.kps.authorities import advice_on_authorities
from kps_tui.kps.credentials import AccessKey, Password, Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import (
    IAM,
    KPS,
    DeadlinePassed,
    Redirected,
    Refusal,
    Unreachable,
    UnreadableAnswer,
    refused,
)
from kps_tui.kps.iam import IamClient
from kps_tui.kps.login_errors import OtherProject
from kps_tui.kps.transport import Transport
from kps_tui.problems import NextStep, Problem, Setting, step_naming
from kps_tui.session.place import place_of
from kps_tui.session.resolve import Context, target_of
from kps_tui.session.sign_in import LoginForm, LoginResult, SeveralProjects, no_project
from kps_tui.settings import PLACE_OPTIONS, Settings, Sourced
from kps_tui.triage.query import parse_sort
from kps_tui.ui.app import KpsApp
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.screens.dialogs.doctor import DoctorScreen
from kps_tui.ui.screens.dialogs.sign_in import LOGIN, PROJECT, SignInScreen
from kps_tui.ui.widgets import blank_state, notice
from tests.demo_app import DEADLINE, NOW, demo_target, press_keys, running, until
from tests.identity.config_texts import configuration_in

OPTION = re.compile(r"(?<!\S)\(?--[a-z]")
HERE = "http://127.0.0.1:9"


def _raised(act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        act()
    return caught.value


def _password(**parts: str) -> Callable[[], object]:
    values = {"user": "ops", "account": "acme", "password": "s3cret", "user_id": "", "passcode": ""} | parts
    secret, passcode = Secret(values["password"]), Secret(values["passcode"]) if values["passcode"] else None
    return lambda: Password.parse(
        values["user"], values["account"], secret, "the field", user_id=values["user_id"], passcode=passcode
    )


async def _token_without_scope() -> None:
    async with IamClient(Endpoint.parse(HERE)) as iam:
        await iam.token_for(Password("ops", "acme", Secret("s3cret")), None, "")


async def _unreachable(environ: dict[str, str], host: str) -> None:
    """Ask a host that can't be reached."""
    async with Transport(Endpoint.parse(host), environ=environ) as transport:
        await transport.send("GET", "/", limit=100)


def _target(profile: Profile | None, profiles: Sequence[Profile] = (), **flags: str) -> Callable[[], object]:
    """Return a function that looks for the login of a run with these `flags`; the keyring holds none."""
    place = {name: Sourced(value, PLACE_OPTIONS[name]) for name, value in flags.items()}
    configuration = Configuration(Path("config.toml"), {each.name: each for each in profiles})
    context = Context(Settings(place), {}, configuration, Chosen(profile, "a test") if profile else None)
    return lambda: asyncio.run(target_of(context, Vault(lambda: OpenKeyring("memory", EmptyKeyring()))))  # type: ignore[arg-type]


class EmptyKeyring:
    """A keyring that holds nothing."""

    def get_password(self, service: str, user: str) -> None:
        """Find nothing."""


def _errors(tmp_path: Path) -> list[Problem]:
    """Return an error of every place in the program that names an option or a command in its next step."""
    first, second = Profile("first", region="cn-north-4"), Profile("second", region="cn-north-4")
    agency = Profile("ecs", region="cn-north-4", project_id="p", kind="agency")
    by_hand = configuration_in('[profiles.prod]\nregion = "cn-north-4"\n', tmp_path / "config.toml")
    (tmp_path / "bad.toml").write_text("]")
    (tmp_path / "file").touch()
    statuses = [(403, "KMS.0321"), (403, "APIGW.0310"), (403, "APIGW.0802"), (404, ""), (400, "")]
    return [
        *(refused(Refusal(status, code), "here") for status, code in statuses),
        *(Redirected(302, "there", service) for service in (KPS, IAM)),
        *(UnreadableAnswer("it is not JSON", service=service) for service in (KPS, IAM)),
        DeadlinePassed("here", 15),
        Unreachable("here", "its certificate is not trusted", advice_on_authorities(None, {})),
        Unreachable("here", "its certificate is not trusted", advice_on_authorities(tmp_path / "ca.pem")),
        _raised(lambda: asyncio.run(_unreachable({}, "https://kms.no-such-region.invalid"))),
        _raised(lambda: asyncio.run(_unreachable({"https_proxy": HERE}, "https://192.0.2.1"))),
        _raised(lambda: Transport(Endpoint.parse("https://192.0.2.1"), ca_bundle=tmp_path / "ca.pem")),
        OtherProject("dev", "prod"),
        SeveralProjects([("1", "dev"), ("2", "prod")]),
        no_project(),
        *(_raised(_password(**{name: ""})) for name in ("user", "account", "password")),
        _raised(_password(user_id="a b")),
        _raised(_password(passcode="012345")),
        _raised(lambda: AccessKey.parse("a b", Secret("s"), "the field")),
        _raised(lambda: asyncio.run(_token_without_scope())),
        _raised(lambda: place_of({})),
        _raised(_target(None, region="cn-north-4")),
        _raised(_target(None, [first, second], region="cn-north-4")),
        _raised(_target(first, [first])),
        _raised(_target(agency, [agency], endpoint="https://kms.example.com")),
        _raised(_target(agency, [agency], iam_endpoint="https://iam.example.com")),
        none_chosen(Configuration(tmp_path / "config.toml", {"first": first, "second": second})),
        no_such_profile(Configuration(tmp_path / "config.toml"), "prod", "default_profile"),
        _raised(lambda: check_change(by_hand, "prod")),
        _raised(lambda: load(tmp_path / "views.toml")),
        _raised(lambda: load(tmp_path / "bad.toml")),
        _raised(lambda: load(tmp_path / "gone.toml", must_exist=True)),
        _raised(lambda: save_view(tmp_path / "file" / "config.toml", SavedView("mine"), replace=False)),
        _raised(lambda: parse_sort("nothing", option="sort")),
    ]


def test_no_option_is_named_on_the_screen(tmp_path: Path) -> None:
    """Each error in the sign-in form, in the list's notice, in its blank state, and in the dialog of the doctor."""
    errors = _errors(tmp_path)

    async def go() -> None:
        with demo_target(10) as target:
            async with running(target, size=(200, 50)) as (app, pilot):
                await in_the_form(app, pilot)
                found = [problem_of("place", error) for error in errors]

                async def examine() -> list[Finding]:
                    return found

                app.push_screen(DoctorScreen(examine))
                await until(pilot, "the findings are shown", lambda: errors[-1].what in doctor_text(app))
                assert not OPTION.search(doctor_text(app)), doctor_text(app)

    async def in_the_form(app: KpsApp, pilot: Pilot[int]) -> None:
        waiting = iter(errors)

        async def attempt(form: LoginForm) -> LoginResult:
            raise next(waiting)

        async def storage() -> str:
            return "nowhere"

        place = {"region": Sourced("cn-north-4", "this")}
        screen = SignInScreen(attempt, storage, form=LoginForm(place, TOKEN))
        app.push_screen(screen)
        await until(pilot, "the form is shown", lambda: screen.is_current and bool(screen.query("#token-token")))
        for error in errors:
            screen.query_one("#token-token", Input).value = "token"
            screen.query_one("#token-token", Input).focus()
            await press_keys(app, "enter")
            if isinstance(error, SeveralProjects):
                await until(pilot, "the projects are shown", lambda: screen.step == PROJECT)
                screen.step = LOGIN
                continue
            what = error.what
            async with asyncio.timeout(DEADLINE):
                # `until` would wait for every repaint too.
                while what not in form_text(screen) or screen.busy:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            assert not OPTION.search(form_text(screen)), form_text(screen)
        await app.pop_screen()

    asyncio.run(go())
    for error in errors:
        load = LoadState(error=error)
        said = "\n".join((*blank_state.blank_text(load, Heading(), NOW), notice.notice_text(load, NOW)))
        assert not OPTION.search(said), said


def form_text(screen: SignInScreen) -> str:
    return str(screen.query_one("#sign-in-problem", Static).content)


def doctor_text(app: KpsApp) -> str:
    return "\n".join(str(said.content) for said in app.screen.query(Static))


def test_the_command_line_still_names_the_option() -> None:
    assert str(no_project()) == "no project is set · set --project-id (console: My Credentials)"
    assert no_project().on_screen == "no project is set · type the project id (console: My Credentials)"
    unknown = refused(Refusal(404), "here")
    assert str(unknown.next_step) == "check --region, --project-id and --endpoint"
    assert unknown.next_step.screen == "check the region, the project id and the endpoint"


def test_a_step_in_plain_text_holds_for_both_sides() -> None:
    problem = Problem("it broke", why="old", next_step="mend it")
    assert problem.on_screen == str(problem) == "it broke: old · mend it"
    assert not Problem("it broke").next_step


def test_what_is_named_may_hold_braces() -> None:
    step = step_naming("check {setting} at {host}", setting=Setting.REGION, host="{setting}")
    assert step == NextStep("check --region at {setting}", "check the region at {setting}")
