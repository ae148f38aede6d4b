"""The vault with a real Secret Service, and without one for every possible reason.

Each script runs in a process of its own, and prints its results.
"""

import time
from pathlib import Path

import pytest

from tests.identity.kernel import name, needs_kernel_keyring
from tests.identity.secret_service import Home, Ran, needs_secret_service

__all__ = ["name"]

pytestmark = needs_secret_service

SAID = """
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import KeyringOutcomes, KeyringItem, Vault
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.problems import CredentialError
from datetime import UTC, datetime
import asyncio, traceback
vault = Vault()
def said(call, *arguments, **options):
    try:
        outcome = asyncio.run(call(*arguments, **options))
        if isinstance(outcome, KeyringOutcomes):
            for problem in outcome.problems.values():
                raise problem
            outcome = bool(outcome.done)
        print(outcome.keyring if isinstance(outcome, KeyringItem) else repr(outcome))
    except CredentialError as error:
        print(f"{type(error).__name__} {error.exit_code}: {error}")
        print("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()).count(CANARY))
CANARY = "canary" + "-9d1f"
password = Password("ops", "example", Secret(CANARY + "-Pässwörd-令牌"), passcode=Secret("123456"), user_id="u1")
token = Token(Secret(CANARY + "-token"), datetime(2026, 11, 24, 12, tzinfo=UTC))
stored = Stored(password, token)
"""
WRITE = SAID + "said(vault.write, 'prod', stored)\n"
READ = SAID + (
    "found = asyncio.run(vault.read('prod')).stored\n"
    "print(found == Stored(Password('ops', 'example', password.password, 'u1'), token), found)\n"
)
STATE = (
    SAID
    + "state = asyncio.run(vault.state())\n"
    + "print(state.condition, state.backend, state.milliseconds < 9000, state.problem)\n"
)
TRY_ALL = SAID + "said(vault.read, 'prod')\nsaid(vault.write, 'prod', stored)\nsaid(vault.delete, 'prod')\n" + STATE


def _kinds(ran: Ran) -> list[str]:
    """The errors of the three calls of TRY_ALL, and their exit codes."""
    return [line.partition(":")[0] for line in ran.lines[:6:2]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_what_is_stored_is_read_by_a_new_process_and_lies_in_no_file_readably(home: Home) -> None:
    wrote = home.unlocked(WRITE)
    assert (wrote.output, wrote.errors.count("Traceback"), wrote.code) == ("Secret Service\n", 0, 0)
    read = home.unlocked(READ)
    assert read.lines[0].startswith("True Stored(")
    assert "canary" not in read.output
    assert list(home.path.rglob("*.keyring")), "the keyring is a file: the search below has something to look at"
    assert home.files_with("canary-9d1f") == []


def test_a_profile_without_a_login_is_told_from_one_with(home: Home) -> None:
    ran = home.unlocked(WRITE + "said(vault.read, 'other')\nsaid(vault.read, 'pro')\n")
    assert ran.lines == ["Secret Service", "None", "None"]


def test_deleted_is_gone_also_for_a_new_process_and_a_second_time(home: Home) -> None:
    ran = home.unlocked(WRITE + "said(vault.delete, 'prod')\nsaid(vault.delete, 'prod')\nsaid(vault.read, 'prod')\n")
    assert ran.lines == ["Secret Service", "True", "False", "None"]
    assert home.unlocked(SAID + "said(vault.read, 'prod')\n").lines == ["None"]


def test_a_second_write_takes_the_place_of_the_first(home: Home) -> None:
    other = "said(vault.write, 'prod', Stored(AccessKey('AK', Secret(CANARY), Secret('sts'))))\n"
    ran = home.unlocked(
        WRITE + other + "print(asyncio.run(vault.read('prod')).stored.credential.security_token.reveal())\n"
    )
    assert ran.lines == ["Secret Service", "Secret Service", "sts"]


def test_the_state_of_a_usable_keyring(home: Home) -> None:
    warning = "import logging; logging.getLogger('keyring.backends.x').warning('for programmers')\n"
    ran = home.unlocked(STATE + warning)
    assert ran.lines == ["reachable Secret Service True None"]
    assert "for programmers" not in ran.errors


def test_a_keyring_that_was_never_unlocked_is_locked(home: Home) -> None:
    ran = home.never_unlocked(TRY_ALL)
    assert _kinds(ran) == ["KeyringLocked 4"] * 3
    assert ran.lines[1::2][:3] == ["0", "0", "0"]
    assert ran.lines[-1].startswith("locked Secret Service True the keyring (Secret Service) is locked: ")


def test_a_keyring_with_another_password_is_locked_and_keeps_what_it_has(home: Home) -> None:
    assert home.unlocked(WRITE).lines == ["Secret Service"]
    ran = home.unlocked(TRY_ALL, password="wrong")
    assert _kinds(ran) == ["KeyringLocked 4"] * 3
    assert ran.lines[-1].startswith("locked Secret Service True ")
    assert home.unlocked(READ).lines[0].startswith("True ")


ONLY_SECRET_SERVICE = "import os; os.environ['PYTHON_KEYRING_BACKEND'] = 'keyring.backends.SecretService.Keyring'\n"


def test_a_bus_without_a_secret_service_is_no_keyring_if_that_was_chosen(home: Home) -> None:
    ran = home.on_bare_bus(ONLY_SECRET_SERVICE + TRY_ALL)
    assert _kinds(ran)[:2] == ["NoKeyring 4", "NoKeyringForWriting 2"]
    assert "Secret Service daemon is neither running nor" in ran.lines[0]
    assert ran.lines[-1].startswith("none  True there is no keyring: Secret Service: ")


@pytest.mark.parametrize(
    "address", [{}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, {"DBUS_SESSION_BUS_ADDRESS": "nonsense"}]
)
def test_no_bus_is_no_keyring_if_the_secret_service_was_chosen(home: Home, address: dict[str, str]) -> None:
    ran = home.without_bus(ONLY_SECRET_SERVICE + TRY_ALL, **address)
    assert _kinds(ran)[:2] == ["NoKeyring 4", "NoKeyringForWriting 2"]
    assert ran.lines[1:4:2] == ["0", "0"]
    assert ran.lines[-1].startswith("none  True there is no keyring")
    assert "Traceback" not in ran.errors


HUNG = """
import os, signal, subprocess, sys, time
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
with open_dbus_connection() as bus:
    address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    call = new_method_call(address, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
    (daemon,) = bus.send_and_get_reply(call).body
os.kill(daemon, signal.SIGSTOP)
try:
    subprocess.run([sys.executable, "-c", os.environ["SCRIPT"]], check=True)
finally:
    os.kill(daemon, signal.SIGCONT)
"""


def test_a_stopped_daemon_holds_back_neither_the_read_nor_the_end_of_the_process(home: Home) -> None:
    script = SAID + (
        "import time; began = time.monotonic(); said(vault.read, 'prod'); print(time.monotonic() - began)\n"
        "state = asyncio.run(vault.state()); print(state.condition, state.backend)\n"
        "print(time.time(), flush=True)\n"
    )
    ran = home.unlocked(HUNG, SCRIPT=script)
    ended = time.time()
    assert ran.lines[0].startswith("KeyringHung 4: the keyring (Secret Service) did not answer in 3 s: ")
    assert ran.lines[1] == "0"
    assert 3 <= float(ran.lines[2]) < 3 * 3
    assert ran.lines[3] == "hung Secret Service"
    assert ended - float(ran.lines[4]) < 3 * 3, "the threads that still wait end with the process"


def test_the_user_stops_waiting_for_a_stopped_daemon_and_nothing_is_written(home: Home) -> None:
    script = SAID + (
        "async def given_up(call, seconds):\n"
        "    try:\n"
        "        await asyncio.wait_for(call, seconds)\n"
        "    except TimeoutError:\n"
        "        print('gave up')\n"
        "asyncio.run(given_up(vault.write('prod', stored), 0.2))\n"
        "asyncio.run(given_up(vault.delete('prod'), 0))\n"
    )
    ran = home.unlocked(HUNG + SAID + "said(vault.read, 'prod')\n", SCRIPT=script)
    assert ran.lines == ["gave up", "gave up", "None"]


PLANT = "from keyring.backends.SecretService import Keyring\nKeyring().set_password('kps-tui', 'prod', {text!r})\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("canary-9d1f", "it is not JSON"),
        ('{"schema": 1, "kind": "token", "token": {"token": "canary-9d1f"', "it is not JSON"),
        ('{"schema": 3, "kind": "token", "token": "canary-9d1f"}', "it was written by a newer kps-tui (version 3)"),
        ('{"schema": 1, "kind": "token", "token": {"token": "canary-9d1f\\n"}}', "the item holds no usable token"),
    ],
)
def test_an_item_that_cannot_be_read_is_said_and_only_replaced_when_asked(home: Home, text: str, why: str) -> None:
    script = (
        PLANT.format(text=text)
        + SAID
        + "said(vault.read, 'prod')\nsaid(vault.write, 'prod', stored)\n"
        + f"print(Keyring().get_password('kps-tui', 'prod') == {text!r})\n"
        + "said(vault.write, 'prod', stored, replace_unreadable=True)\n"
        + "print(asyncio.run(vault.read('prod')).stored.token == token)\n"
        + PLANT.format(text=text)
        + "said(vault.delete, 'prod')\n"
    )
    ran = home.unlocked(script)
    assert ran.lines[0].startswith(f"ItemUnreadable 4: the keyring item of profile “prod” can't be read: {why} · ")
    assert ran.lines[1] == "0"
    assert ran.lines[2] == ran.lines[0]
    assert ran.lines[4:] == ["True", "Secret Service", "True", "True"]


FAKE = """
print("printed while imported")
open({mark!r}, "w").close()
class Keyring:
    priority = 9
"""


@pytest.mark.parametrize(
    "chosen",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "nonsense.X",
        "nonsense",
        "plaintext_keyring_of_a_test.Keyring",
        "keyring.backends.SecretService.Keyring2",
        "\x1b]0;x\x07",
    ],
)
@pytest.mark.parametrize("by", ["variable", "file"])
def test_what_is_not_on_the_list_is_not_even_loaded(home: Home, chosen: str, by: str) -> None:
    mark = home.path / "was-imported"
    (home.path / "plaintext_keyring_of_a_test.py").write_text(FAKE.format(mark=str(mark)))
    variables = {"PYTHONPATH": f"{home.environ()['PYTHONPATH']}:{home.path}"}
    if by == "variable":
        variables["PYTHON_KEYRING_BACKEND"] = chosen
    else:
        config = home.path / ".config/python_keyring/keyringrc.cfg"
        config.parent.mkdir(parents=True)
        config.write_text(f"[backend]\ndefault-keyring = {chosen}\n")
    ran = home.unlocked(TRY_ALL, **variables)
    assert _kinds(ran) == [
        "NotAllowed 4",
        "NotAllowedForWriting 2",
        "NotAllowed 4",
    ]
    assert ran.lines[-1].startswith("not allowed  True no keyring is used: ")
    assert not mark.exists()
    assert "printed" not in ran.output + ran.errors
    assert "\x1b" not in ran.output


def test_a_plug_in_that_is_installed_is_not_loaded(home: Home) -> None:
    mark = home.path / "was-imported"
    (home.path / "plaintext_keyring_of_a_test.py").write_text(FAKE.format(mark=str(mark)))
    metadata = home.path / "fake_plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-plugin\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[keyring.backends]\nfake = plaintext_keyring_of_a_test\n")
    path = f"{home.environ()['PYTHONPATH']}:{home.path}"
    ran = home.unlocked(STATE, PYTHONPATH=path)
    assert ran.lines == ["reachable Secret Service True None"]
    assert not mark.exists()
    check = "import keyring; print(keyring.get_keyring())"
    home.unlocked(check, PYTHONPATH=path)
    assert mark.exists(), "keyring itself would have loaded it"


@pytest.mark.parametrize(
    "chosen", ["keyring.backends.chainer.ChainerBackend", "keyring.backends.SecretService.Keyring", ""]
)
def test_a_chosen_keyring_of_the_list_is_used(home: Home, chosen: str) -> None:
    ran = home.unlocked(STATE, PYTHON_KEYRING_BACKEND=chosen)
    assert ran.lines == ["reachable Secret Service True None"]


def test_a_chosen_keyring_that_does_not_work_here_is_named(home: Home) -> None:
    ran = home.unlocked(STATE, PYTHON_KEYRING_BACKEND="keyring.backends.kwallet.DBusKeyring")
    assert ran.lines[0].startswith("none  True there is no keyring: KWallet: ")


@pytest.mark.parametrize("broken", ["raise OSError('x')", "raise SystemExit(3)", "import nonsense_of_a_test", "x = ("])
def test_a_broken_library_is_no_keyring(home: Home, broken: str) -> None:
    package = home.path / "broken" / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(broken)
    path = f"{package.parent}:{home.environ()['PYTHONPATH']}"
    ran = home.unlocked(TRY_ALL, PYTHONPATH=path)
    assert _kinds(ran) == ["NoKeyring 4", "NoKeyringForWriting 2", "NoKeyring 4"]
    assert ran.lines[-1].startswith("none  True ")
    assert "Traceback" not in ran.errors


IN_KERNEL = SAID + (
    "import os; name = os.environ['NAME']\n"
    "state = asyncio.run(vault.state())\n"
    "print(state.condition, state.backend, state.lifetime)\n"
    "said(vault.write, name, stored)\nsaid(vault.read, name)\n"
    "print(asyncio.run(vault.read(name)).lifetime)\n"
)
GONE = SAID + "import os\nsaid(vault.delete, os.environ['NAME'])\nsaid(vault.read, os.environ['NAME'])\n"


@needs_kernel_keyring
@pytest.mark.parametrize(
    "address", [{}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, {"DBUS_SESSION_BUS_ADDRESS": "nonsense"}]
)
def test_without_a_bus_it_is_the_kernel_s_keyring(home: Home, name: str, address: dict[str, str]) -> None:
    ran = home.without_bus(IN_KERNEL, NAME=name, **address)
    state, wrote, read, lifetime = ran.lines
    assert state == f"reachable Linux kernel {lifetime}"
    assert lifetime.startswith("until reboot")
    assert (wrote, read) == ("Linux kernel", "Linux kernel")
    assert home.files_with("canary-9d1f") == []
    assert home.without_bus(GONE, NAME=name, **address).lines == ["True", "None"]


@needs_kernel_keyring
def test_without_a_service_on_the_bus_it_is_the_kernel_s_keyring(home: Home, name: str) -> None:
    ran = home.on_bare_bus(f"import os; os.environ['NAME'] = {name!r}\n" + IN_KERNEL)
    assert ran.lines[1:3] == ["Linux kernel", "Linux kernel"]


@needs_kernel_keyring
def test_a_service_that_does_not_answer_is_never_replaced(home: Home, name: str) -> None:
    from kps_tui.identity.kernel_keyring import KernelKeyring

    text = f"said(vault.write, {name!r}, stored)\nsaid(vault.read, {name!r})\n"
    assert [line.partition(":")[0] for line in home.never_unlocked(SAID + text).lines[::2]] == ["KeyringLocked 4"] * 2
    hung = SAID.replace("Vault()", "Vault(write_seconds=3)") + text
    assert [line.partition(":")[0] for line in home.unlocked(HUNG, SCRIPT=hung).lines[::2]] == ["KeyringHung 4"] * 2
    assert KernelKeyring().get_password("kps-tui", name) is None


@needs_kernel_keyring
def test_where_it_is_kept_is_where_it_is_read_and_a_delete_looks_everywhere(home: Home, name: str) -> None:
    plant = (
        SAID
        + "from kps_tui.identity.kernel_keyring import KernelKeyring\n"
        + "from kps_tui.identity.stored import to_json\n"
        + f"name = {name!r}\n"
        + "KernelKeyring().set_password('kps-tui', name, to_json(stored))\n"
    )
    script = plant + (
        "said(vault.read, name)\nsaid(vault.read, name, 'Linux kernel')\nsaid(vault.write, name, stored)\n"
        "said(vault.read, name)\nsaid(vault.read, name, 'no such keyring')\n"
        "copied = asyncio.run(vault.copy(name, name + '2'))\nprint(sorted(copied.done), copied.problems)\n"
        "print(sorted(asyncio.run(vault.delete(name + '2')).done))\n"
        "print(sorted(asyncio.run(vault.delete(name)).done))\nsaid(vault.read, name, 'Linux kernel')\n"
    )
    both = "['Linux kernel', 'Secret Service']"
    ran = home.unlocked(script)
    assert ran.lines == [
        *("None", "Linux kernel", "Secret Service", "Secret Service", "Secret Service"),
        *(f"{both} {{}}", both, both, "None"),
    ]


@needs_kernel_keyring
def test_a_keyring_that_is_out_of_reach_is_said_and_the_others_still_forget(home: Home, name: str) -> None:
    in_kernel = SAID + f"said(vault.write, {name!r}, stored)\n"
    assert home.without_bus(in_kernel).lines == ["Linux kernel"]
    script = SAID + (
        f"said(vault.read, {name!r}, 'Secret Service')\n"
        f"everywhere = asyncio.run(vault.delete({name!r}, 'Secret Service'))\n"
        "print(*everywhere.done, *everywhere.problems)\n"
    )
    absent, _count, deleted = home.without_bus(script).lines
    assert absent.startswith("Absent 4: the login is in the keyring (Secret Service), which can't be reached here: ")
    assert deleted == "Linux kernel Secret Service"
