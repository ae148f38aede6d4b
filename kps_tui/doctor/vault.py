"""Check of the keyring: its backend, state and response time."""

from kps_tui.doctor.configuration import held_in_environment
from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding, Level
from kps_tui.i18n import _
from kps_tui.identity.login_kinds import is_in_keyring
from kps_tui.identity.vault import KeyringState
from kps_tui.problems import ExitCode


async def vault(examination: Examination) -> list[Finding]:
    """Report the state of the keyring."""
    if examination.is_demo:
        return []
    needed = is_needed(examination)
    chosen = examination.context.chosen
    kept_in = chosen.profile.keyring if chosen and needed else ""
    return [keyring_finding(await examination.vault.state(kept_in), needed=needed)]


def keyring_finding(state: KeyringState, *, needed: bool) -> Finding:
    """Return the finding for the state of the keyring; an error is a problem only if the keyring is `needed`."""
    spent = _("{ms} ms").format(ms=state.milliseconds)
    kept = _("kept {lifetime}").format(lifetime=state.lifetime) if state.lifetime else ""
    says = " · ".join(part for part in (state.backend, _(state.condition), spent, kept) if part)
    if state.problem is None:
        return Finding("keyring", "ok", says)
    level: Level = "problem" if needed else "warning"
    says = f"{says} · {state.problem.what_and_why}"
    return Finding("keyring", level, says, state.problem.next_step, ExitCode.LOGIN if needed else 0)


def is_needed(examination: Examination) -> bool:
    """Return whether the login that is used is stored in the keyring."""
    chosen = examination.context.chosen
    if chosen is None or not is_in_keyring(chosen.profile.kind):
        return False
    held = held_in_environment(examination)
    from_environment = held is None or held.credential is not None
    return examination.context.settings.profile is not None or not from_environment
