"""The keyring of the system: which, how it is, how fast it answers."""

import asyncio
from collections.abc import Iterator

from kps_tui.doctor.case import Case
from kps_tui.doctor.configuration import held_in_environment
from kps_tui.doctor.finding import LOGIN, Finding, Level, said
from kps_tui.i18n import _
from kps_tui.identity.login_kinds import is_in_keyring
from kps_tui.identity.vault import KeyringState


def vault(case: Case) -> Iterator[Finding]:
    """Ask the keyring for an item that is not there."""
    if not case.is_demo:
        yield of_state(asyncio.run(case.vault.state()), needed=is_needed(case))


def of_state(state: KeyringState, *, needed: bool) -> Finding:
    """Return what the state of the keyring means: a problem only where the login lies in it."""
    spent = _("{ms} ms").format(ms=state.milliseconds)
    says = " · ".join(part for part in (state.backend, state.condition, spent) if part)
    if state.problem is None:
        return Finding("keyring", "ok", says)
    level: Level = "problem" if needed else "warning"
    says = f"{says} · {said(state.problem)}"
    return Finding("keyring", level, says, state.problem.next_step, LOGIN if needed else 0)


def is_needed(case: Case) -> bool:
    """Whether the login that is used lies in the keyring."""
    chosen = case.found.chosen
    if chosen is None or not is_in_keyring(chosen.profile.kind):
        return False
    held = held_in_environment(case)
    from_environment = held is None or held.credential is not None
    return case.found.settings.profile is not None or not from_environment
