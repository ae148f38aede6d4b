"""A new kind of login needs changes in four files only: applies them to a copy, and checks all its uses."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.changed_copy import Changes, make_copy, python

pytestmark = pytest.mark.xdist_group("new login kind")
CHANGES: Changes = {
    "kps/credentials.py": [
        ("Credential = ", "Assertion | "),
        (
            '"""Characters; IAM allows 32, another cloud more."""\n',
            """

@dataclass(frozen=True, slots=True)
class Assertion:
    provider: str
    assertion: "Secret" = field(repr=False)
""",
        ),
    ],
    "kps/auth_factory.py": [
        ("from kps_tui.kps.credentials import ", "Assertion, "),
        (
            "    match credential:\n",
            """        case Assertion():
            return TokenAuth(Token(credential.assertion), origin)
""",
        ),
    ],
    "identity/login_kinds.py": [
        ("from kps_tui.kps.credentials import ", "Assertion, "),
        (
            "LOGIN_KINDS = {kind.name: kind for kind in (",
            """LoginKind(
        name="assertion",
        credential=Assertion,
        title=lambda: "federated login",
        description=lambda: "Assertion of an identity provider",
        fields=(
            LoginField(name="provider", label=lambda: "Identity provider", help=lambda: "Who vouches."),
            LoginField(
                name="assertion",
                label=lambda: "What it says",
                secret=True,
                help=lambda: "Read the assertion from stdin.",
                question=lambda: "Assertion",
                source=lambda: "the assertion field",
            ),
        ),
        parse=lambda values, source: Assertion(_text(values, "provider"), _secret(values, "assertion")),
    ), """,
        ),
    ],
    "identity/profiles.py": [('    access_key: str = ""\n', '    provider: str = ""\n')],
}

LOOK = """
import asyncio, json, os
from textual.app import App
from textual.widgets import Input, Label, OptionList
from kps_tui.demo.server import DemoServer
from kps_tui.doctor.examination import Examination
from kps_tui.doctor.login import login as doctor_login
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.configuration import load
from kps_tui.identity.profiles import choose
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret
from kps_tui.locations import config_file
from kps_tui.session.resolve import Context, target_of
from kps_tui.session.session import Session
from kps_tui.session.sign_in import LoginForm
from kps_tui.settings import Settings, Sourced
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen

class Keyring:
    items = {}
    def get_password(self, service, user):
        return self.items.get(user)
    def set_password(self, service, user, text):
        self.items[user] = text

def context():
    configuration = load(config_file())
    return Context(Settings(), {}, configuration, choose(configuration, None, {}))

async def looked(server):
    vault = Vault(lambda: OpenKeyring("memory", Keyring()))
    place = {"endpoint": Sourced(server.endpoint, ""), "project_id": Sourced(server.project_id, "")}
    async with App().run_test(size=(100, 40)) as pilot:
        results = []
        session = Session(context(), vault, lambda: None)
        screen = SignInScreen(session.sign_in, session.storage, form=LoginForm(place))
        await pilot.app.push_screen(screen, results.append)
        kinds = screen.query_one("#kinds", OptionList)
        offered = str(kinds.get_option("assertion").prompt)
        kinds.highlighted = kinds.get_option_index("assertion")
        kinds.action_select()
        await pilot.pause()
        labels = [str(label.content) for label in screen.query(Label) if label.is_on_screen]
        screen.query_one("#assertion-provider", Input).value = "idp"
        screen.query_one("#assertion-assertion", Input).value = server.token
        screen.query_one("#assertion-assertion", Input).focus()
        await pilot.press("enter")
        while not results:
            await pilot.pause(0.01)
    found = await target_of(context(), vault)
    return {
        "offered": offered,
        "labels": labels,
        "remark": results[0].remark,
        "item": {**json.loads(Keyring.items["default"]), "assertion": Keyring.items["default"].count(server.token)},
        "profiles": config_file().with_name("profiles.toml").read_text(),
        "found": [found.credential.provider, found.credential.assertion == Secret(server.token), found.source],
    }, Examination(context(), os.environ, vault=vault, place=found.place)

with DemoServer(tasks=3) as server:
    seen, examination = asyncio.run(looked(server))
    seen["doctor"] = [finding.says for finding in asyncio.run(doctor_login(examination))]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the program with the new kind of login."""
    folder = tmp_path_factory.mktemp("program")
    make_copy(folder, CHANGES)
    return folder


@pytest.fixture(scope="module")
def seen(copy: Path) -> dict[str, Any]:
    """The results of a login of the new kind that is typed into the form."""
    found: dict[str, Any] = json.loads(python(copy, "-c", LOOK))
    return found


def test_the_screen_offers_it_and_asks_for_its_values(seen: dict[str, Any]) -> None:
    assert seen["offered"] == "Assertion of an identity provider"
    assert seen["labels"] == ["Identity provider", "What it says", "Project id"]


def test_it_is_tried_and_stored_and_found_again(seen: dict[str, Any]) -> None:
    assert seen["remark"] == ""
    item = {key: value for key, value in seen["item"].items() if key != "origins"}
    assert item == {"schema": 2, "kind": "assertion", "provider": "idp", "assertion": 1}
    assert 'kind = "assertion"' in seen["profiles"]
    assert 'provider = "idp"' in seen["profiles"]
    assert seen["found"] == ["idp", True, "keyring, profile “default”"]


def test_doctor_names_it(seen: dict[str, Any]) -> None:
    (says,) = seen["doctor"]
    assert says.startswith("federated login · keyring")


def test_the_command_line_takes_it(copy: Path) -> None:
    printed = python(copy, "-m", "kps_tui", "login", "--help")
    assert "[assertion|token|" in printed
    assert "--provider NAME" in printed
    assert "Who vouches." in printed
    assert "--assertion-stdin" in printed
