"""Checks of the project, and of the permission to list its failed tasks."""

from kps_tui.blocking import run_async
from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding, problem_of
from kps_tui.i18n import _, counted
from kps_tui.kps.credentials import AccessKey, Token
from kps_tui.kps.errors import LIST_ACTION, KpsError, PermissionMissing
from kps_tui.problems import ExitCode, Setting, step_naming
from kps_tui.session.sign_in import no_project, with_project
from kps_tui.session.target import Target


async def project(examination: Examination) -> list[Finding]:
    """Report the project and its source; for an access key without one, ask IAM.

    Raises:
        Problem: there is none, or there are several.
    """
    if examination.target is None or examination.place is None:
        return []
    named, told = examination.target.place.project_id, examination.token_project
    if named:
        says = f"{named} · {examination.place.sources.get('project_id', examination.target.source)}"
        if told and told != named:
            says = _("{project} · the token is for {other}").format(project=says, other=told)
            return [
                Finding("project", "warning", says, step_naming(_("check {project_id}"), project_id=Setting.PROJECT_ID))
            ]
        return [Finding("project", "ok", says)]
    credential, name = examination.target.credential, examination.target.place.project_name
    source = examination.place.sources.get("project_name", _("of the token"))
    if isinstance(credential, AccessKey) and not told:
        told, source = (
            (await with_project(examination.target)).place.project_id,
            source if name else _("the only one of this login"),
        )
    elif isinstance(credential, Token) and name:
        told = (await with_project(examination.target)).place.project_id
    if not told:
        raise no_project()
    examination.target = examination.target.in_project(told)
    return [Finding("project", "ok", f"{told} · {source}")]


async def permission(examination: Examination) -> list[Finding]:
    """List one failed task."""
    if examination.target is None or not examination.target.place.project_id:
        return []
    try:
        total = await _total(examination.target)
    except PermissionMissing as error:
        says = _("{action} is not granted · {why}").format(action=LIST_ACTION, why=error.what_and_why)
        return [Finding("permission", "problem", says, error.next_step, ExitCode.PERMISSION)]
    except KpsError as error:
        return [problem_of("permission", error)]
    count = counted(total, "{count} failed task", "{count} failed tasks") if total is not None else _("total unknown")
    return [Finding("permission", "ok", f"{LIST_ACTION} · {count}")]


async def _total(target: Target) -> int | None:
    # In a thread, because it reads certificates from files.
    async with await run_async(target.client) as client:
        return (await client.page(0, 1)).total
