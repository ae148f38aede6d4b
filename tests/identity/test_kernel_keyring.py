"""The kernel's keyring, before the real kernel: who finds a secret, who does not, and when it is gone."""

import asyncio
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring.errors import PasswordDeleteError

from kps_tui.identity import kernel_keyring
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.kernel_keyring import LONGEST, KernelKeyring
from kps_tui.identity.keyring_errors import KeyringFull
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Password, Secret, Token
from tests.accounts import needs_root
from tests.identity.kernel import NOBODY, name, needs_kernel_keyring, script

pytestmark = needs_kernel_keyring
__all__ = ["name"]

SERVICE = "kps-tui"
SHOW = "print(keyring.get_password(SERVICE, sys.argv[1]))\n"
SECRET = "canary-密-4d19"


def test_a_secret_is_found_by_a_later_process_until_it_is_deleted(name: str) -> None:
    script("keyring.set_password(SERVICE, sys.argv[1], sys.argv[2])", name, SECRET, PYTHONUTF8="1")
    assert script(SHOW, name, PYTHONUTF8="1") == [SECRET]
    keyring = KernelKeyring()
    keyring.set_password(SERVICE, name, "another")
    assert script(SHOW, name) == ["another"]
    keyring.delete_password(SERVICE, name)
    assert script(SHOW, name) == ["None"]
    with pytest.raises(PasswordDeleteError):
        keyring.delete_password(SERVICE, name)


def test_the_longest_secret_is_kept_whole_and_a_longer_one_refused(name: str) -> None:
    keyring = KernelKeyring()
    longest = ("0123456789abcdef" * 2048)[:LONGEST]
    if os.geteuid() == 0:
        keyring.set_password(SERVICE, name, longest)
        assert keyring.get_password(SERVICE, name) == longest
    with pytest.raises(KeyringFull, match="32,767"):
        keyring.set_password(SERVICE, name, longest + "x")


SURROUNDINGS = {
    "as it is": "",
    "a new session keyring": "_keyctl(JOIN_SESSION, None)\n",
    "a revoked session keyring": "_keyctl(JOIN_SESSION, None); _keyctl(REVOKE, SESSION)\n",
    "nothing in the session's and the user's keyring": (
        "_keyctl(JOIN_SESSION, None); _keyctl(CLEAR, SESSION)\nassert errno_of(UNLINK, USER, SESSION) == 'ENOENT'\n"
    ),
    "a thread that is not the main one": "",
}


@pytest.mark.parametrize(
    "surroundings",
    [
        pytest.param(name, marks=pytest.mark.full) if name in ("a new session keyring", "as it is") else name
        for name in SURROUNDINGS
    ],
)
def test_it_needs_no_session(surroundings: str, name: str) -> None:
    before = SURROUNDINGS[surroundings]
    work = "keyring.set_password(SERVICE, sys.argv[1], 'canary')\n"
    if surroundings.startswith("a thread"):
        work = f"thread = threading.Thread(target=lambda: {work.strip()})\nthread.start(); thread.join()\n"
    script(before + work, name)
    assert script(SHOW, name) == ["canary"]
    assert script(before + SHOW, name) == ["canary"]
    script(before + "keyring.delete_password(SERVICE, sys.argv[1])\n", name)
    assert script(SHOW, name) == ["None"]


def test_several_threads_use_it_at_once(name: str) -> None:
    keyring, seen, start = KernelKeyring(), [], threading.Barrier(8)
    keyring.set_password(SERVICE, name, "0" * 100)

    def work(number: int) -> None:
        start.wait(30)
        for _ in range(50):
            keyring.set_password(SERVICE, name, f"{number}" * (100 + number * 100))
            seen.append(keyring.get_password(SERVICE, name))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 400
    assert all(text and len(set(text)) == 1 and len(text) == 100 + int(text[0]) * 100 for text in seen)


OTHERS = """
keyring.set_password(SERVICE, sys.argv[1], "canary")
description = f"{SERVICE}:{sys.argv[1]}".encode()
ring = kernel_keyring._persistent_keyring()
key = _keyctl(SEARCH, ring, b"user", description, 0)
own = [errno_of(SEARCH, where, b"user", description, 0) for where in (SESSION, USER, USER_SESSION)]
print(json.dumps(own), flush=True)
first = os.getuid()
pid = os.fork()
if pid == 0:
    become(int(sys.argv[2]))
    found = [errno_of(SEARCH, where, b"user", description, 0) for where in (SESSION, USER, USER_SESSION, ring)]
    found += [errno_of(READ, key, None, 0), errno_of(UNLINK, key, ring), errno_of(kernel_keyring._SET_TIMEOUT, key, 1)]
    found += [errno_of(REVOKE, key), errno_of(kernel_keyring._GET_PERSISTENT, first, THREAD)]
    print(json.dumps(found), keyring.get_password(SERVICE, sys.argv[1]), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""


@needs_root
def test_another_user_who_inherits_the_session_keyring_finds_nothing(name: str) -> None:
    own, theirs = script(OTHERS, name, str(NOBODY))
    assert own == '["ENOKEY", "ENOKEY", "ENOKEY"]', "it is linked nowhere but in the persistent keyring"
    *denied, last = theirs.replace("[", "").replace("]", "").replace('"', "").replace(",", "").split()
    assert last == "None"
    assert denied[:3] == ["ENOKEY"] * 3
    assert set(denied[3:8]) == {"EACCES"}
    assert denied[8] == "EPERM"
    assert script(SHOW, name) == ["canary"]


@needs_root
def test_two_users_do_not_see_each_others_secrets(name: str) -> None:
    script("become(int(sys.argv[2])); keyring.set_password(SERVICE, sys.argv[1], 'theirs')", name, str(NOBODY))
    assert KernelKeyring().get_password(SERVICE, name) is None
    KernelKeyring().set_password(SERVICE, name, "mine")
    theirs = "become(int(sys.argv[2]))\n" + SHOW + "keyring.delete_password(SERVICE, sys.argv[1])\n"
    assert script(theirs, name, str(NOBODY)) == ["theirs"]
    assert KernelKeyring().get_password(SERVICE, name) == "mine"


def test_an_expired_secret_is_gone_and_can_be_kept_anew(name: str) -> None:
    keyring = KernelKeyring()
    keyring.set_password(SERVICE, name, "canary")
    keyring.expire(SERVICE, name, 0)
    deadline = time.monotonic() + 30
    while keyring.get_password(SERVICE, name) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert keyring.get_password(SERVICE, name) is None
    assert script(SHOW, name) == ["None"]
    keyring.expire(SERVICE, name, 5)
    keyring.set_password(SERVICE, name, "anew")
    assert keyring.get_password(SERVICE, name) == "anew"


def test_a_secret_that_is_kept_again_has_no_expiry_of_the_one_before(name: str) -> None:
    keyring = KernelKeyring()
    keyring.set_password(SERVICE, name, "first")
    keyring.expire(SERVICE, name, 1000)
    assert _expiry_of(name) == "16m"
    keyring.set_password(SERVICE, name, "second")
    assert _expiry_of(name) == "perm"


def _expiry_of(name: str) -> str:
    # A key is listed to whoever may view it, and that is its owner.
    (line,) = [each for each in Path("/proc/keys").read_text().splitlines() if f"{SERVICE}:{name}:" in each]
    return line.split()[3]


FULL = """
become(int(sys.argv[1]))
for number in range(3):
    try:
        keyring.set_password(SERVICE, f"n{number}", "x" * 9000)
        print("kept")
    except KeyringFull as error:
        print(error)
try:
    keyring.set_password(SERVICE, "n0", "y" * 12000)
except KeyringFull:
    print(keyring.get_password(SERVICE, "n0") == "x" * 9000, keyring.get_password(SERVICE, "n2"))
for number in range(2):
    keyring.delete_password(SERVICE, f"n{number}")
keyring.set_password(SERVICE, "n0", "y" * 12000)
keyring.delete_password(SERVICE, "n0")
"""


@needs_root
def test_a_full_quota_is_said_and_what_was_kept_stays() -> None:
    first, second, third, stays = script(FULL, str(NOBODY))
    assert (first, second) == ("kept", "kept")
    assert third.startswith("the kernel's keyring is full: all keys of this user share 20,000 bytes")
    assert stays == "True None"


LEFT_OUT = """
become(int(sys.argv[1]))
os.environ["PYTHON_KEYRING_BACKEND"] = "kps_tui.identity.kernel_keyring.KernelKeyring"
password = Password("ops", "example", Secret("canary"))
whole = stored.Stored(password, Token(Secret("t" * 9000)))
held = vault.Vault()
for name in ("a", "b", "c"):
    kept = asyncio.run(held.write(name, whole))
    read = asyncio.run(held.read(name)).stored
    print(kept.stored == read, read.credential == password, read.token is not None)
for credential in (Token(Secret("t" * 9000)), Password("ops", "example", Secret("p" * 4000))):
    try:
        asyncio.run(held.write("d", stored.Stored(credential, whole.token)))
    except NoKeyring as error:
        print(error.exit_code, error)
print(asyncio.run(held.read("d")), asyncio.run(held.read("a")).stored.token is not None)
for name in ("a", "b", "c"):
    print(*asyncio.run(held.delete(name)).done)
"""


@needs_root
def test_where_there_is_no_room_the_cached_token_is_left_out_before_it_is_said() -> None:
    *kept, token, password, left, a, b, c = script(LEFT_OUT, str(NOBODY), HOME="/nonexistent")
    assert kept == ["True True True", "True True True", "True True False"]
    for said in (token, password):
        assert said.startswith("2 the kernel's keyring is full: all keys of this user share 20,000 bytes")
    assert left == "None True"
    assert (a, b, c) == ("Linux kernel",) * 3


def test_the_item_of_a_token_expires_with_the_token(name: str) -> None:
    ends = {name: datetime.now(UTC) + timedelta(hours=2, minutes=30), f"{name}-2": None}
    vault = Vault(lambda: OpenKeyring("kernel", KernelKeyring()))
    for each, expires_at in ends.items():
        asyncio.run(vault.write(each, Stored(Token(Secret("canary"), expires_at))))
    assert _expiry_of(name) == "2h"
    assert _expiry_of(f"{name}-2") in ("1d", "23h"), "no token is good for longer than a day"
    asyncio.run(vault.delete(f"{name}-2"))
    asyncio.run(vault.write(name, Stored(Password("ops", "example", Secret("canary")), Token(Secret("t"), ends[name]))))
    assert _expiry_of(name) == "perm"


@pytest.mark.parametrize("code", ["EPERM", "ENOSYS", "EACCES", "EOPNOTSUPP"])
def test_a_container_that_forbids_it_has_no_keyring(code: str) -> None:
    text = """
forbid(getattr(errno, sys.argv[1]))
try:
    print(KernelKeyring.priority)
except RuntimeError as error:
    print(error)
for call in (keyring.get_password, keyring.delete_password, lambda *names: keyring.set_password(*names, "x")):
    try:
        call(SERVICE, "test")
    except NoKeyring as error:
        print(type(error).__name__, error.what)
"""
    said = script(text, code)
    assert said[0].startswith("the kernel reports: ")
    assert said[1:] == ["NoKeyring there is no keyring"] * 3


@pytest.mark.parametrize("machine", ["i686", "riscv64"])
def test_a_machine_whose_numbers_are_not_known_has_none(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(RuntimeError, match="Function not implemented"):
        _ = KernelKeyring.priority


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("259200", "until reboot, or 3 days unused"),
        ("86400", "until reboot, or 1 day unused"),
        ("43200", "until reboot, or 12 hours unused"),
        ("nonsense", "until reboot"),
    ],
)
def test_how_long_it_is_kept_is_what_the_kernel_says(
    seconds: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "expiry").write_text(f"{seconds}\n")
    monkeypatch.setattr(kernel_keyring, "EXPIRY", tmp_path / "expiry")
    assert kernel_keyring.lifetime() == said
