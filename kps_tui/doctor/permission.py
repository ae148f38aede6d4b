"""For which project is asked, and whether the login may read its failed tasks."""

import asyncio
from collections.abc import Iterator

from kps_tui.doctor.case import Case
from kps_tui.doctor.configuration import held_in_environment
from kps_tui.doctor.finding import PERMISSION, Finding, problem_of, said
from kps_tui.i18n import _, number
from kps_tui.kps.credentials import AccessKey
from kps_tui.kps.errors import KpsError, PermissionMissing
from kps_tui.problems import ConfigError
from kps_tui.session.sign_in import SeveralProjects
from kps_tui.session.target import Target

ACTION = "kps:domainKeypairs:getfailtask"
"""The permission that the list needs."""


def project(case: Case) -> Iterator[Finding]:
    """Say which project is read, and what named it; ask IAM for an access key's.

    Raises:
        Problem: there is none, or one of several must be named.
    """
    if case.target is None or case.at is None:
        return
    named, told = case.target.place.project_id, case.token_project
    if named:
        held = held_in_environment(case)
        of_family = held.project_id.source if held and held.project_id else case.target.source
        says = f"{named} · {case.at.sources.get('project_id', of_family)}"
        if told and told != named:
            says = _("{project} · the token is for {other}").format(project=says, other=told)
            yield Finding("project", "warning", says, _("check --project-id"))
            return
        yield Finding("project", "ok", says)
        return
    source = _("of the token")
    if not told and isinstance(case.target.credential, AccessKey):
        told, source = asyncio.run(_only_project(case.target, case.target.credential)), _("the only one of this login")
    if not told:
        raise ConfigError(
            _("no project is set"), next_step=_("name its id with --project-id (console: My Credentials)")
        )
    case.target = case.target.in_project(told)
    yield Finding("project", "ok", f"{told} · {source}")


async def _only_project(target: Target, key: AccessKey) -> str:
    from kps_tui.kps.iam import IamClient
    from kps_tui.session.journal import noted

    async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=noted) as iam:
        projects = await iam.projects_of(key, target.place.region)
    if len(projects) > 1:
        raise SeveralProjects([(project.id, project.name) for project in projects])
    return projects[0].id if projects else ""


def permission(case: Case) -> Iterator[Finding]:
    """Ask for one failed task.

    Raises:
        Problem: the service does not give it.
    """
    if case.target is None or not case.target.place.project_id:
        return
    try:
        total = asyncio.run(_total(case.target))
    except PermissionMissing as error:
        says = _("{action} is not granted · {why}").format(action=ACTION, why=said(error))
        yield Finding("permission", "problem", says, error.next_step, PERMISSION)
    except KpsError as error:
        yield problem_of("permission", error)
    else:
        count = _("{count} failed tasks").format(count=number(total)) if total is not None else _("total not told")
        yield Finding("permission", "ok", f"{ACTION} · {count}")


async def _total(target: Target) -> int | None:
    async with target.client() as client:
        return (await client.page(0, 1)).total
