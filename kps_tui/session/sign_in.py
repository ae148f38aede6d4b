"""Signing in: the form, one request that tries the login, and storing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.edits import save_profile
from kps_tui.identity.login_kinds import ACCESS_KEY, LOGIN_KINDS, TOKEN, LoginKind, LoginValues, login_kind_of
from kps_tui.identity.profiles import Profile, profiles_file
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import KeyringState, Vault
from kps_tui.identity.vendor import ImportableLogin
from kps_tui.kps.credentials import AccessKey, Credential, Password, Token
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line
from kps_tui.session.place import Place, place_of
from kps_tui.session.profile_login import source_of, token_cache
from kps_tui.session.target import Target
from kps_tui.settings import Sourced, layered

DEFAULT_PROFILE = "default"


class SeveralProjects(ConfigError):
    """The login may use more than one project."""

    def __init__(self, projects: list[tuple[str, str]]) -> None:
        some = ", ".join(f"{line(name, 60)} ({line(id, 64)})" for id, name in projects[:8])
        super().__init__(
            _("the login has access to several projects"),
            why=some,
            next_step=NextStep(_("choose one with --project-id"), _("choose one, or type its project id")),
        )
        self.projects = projects
        """Ids and names."""


def no_project() -> ConfigError:
    """Return the error that neither the user nor the login names a project."""
    return ConfigError(
        _("no project is set"),
        next_step=NextStep(
            _("set --project-id (console: My Credentials)"),
            _("type the project id (console: My Credentials)"),
        ),
    )


@dataclass(frozen=True, slots=True)
class LoginForm:
    """The values that the sign-in screen and `login` ask for: the place, the kind of login, and the login itself."""

    place: Mapping[str, Sourced] = field(default_factory=dict)
    kind: LoginKind | None = None
    credential: Credential | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    """Values of the login that are known before the user types: user, account, access key …; never a secret."""
    profile: str = ""
    ca_bundle: Path | None = None

    @property
    def where(self) -> str:
        """The endpoint or the region that is named, or an empty text."""
        named = self.place.get("endpoint") or self.place.get("region")
        return named.value if named else ""

    def at(self, text: str) -> Self:
        """Return the form for another place: a region id, or the endpoint of another cloud (`https://…`).

        Raises:
            ConfigError: `text` is neither.
        """
        name = "endpoint" if "://" in text else "region"
        others = {key: value for key, value in self.place.items() if key not in ("endpoint", "region", "iam_endpoint")}
        form = replace(self, place={**others, name: Sourced(text, _("the input"))})
        form.checked_place()
        return form

    def checked_place(self) -> Place:
        """Return the place that the form names.

        Raises:
            ConfigError: it names none, or a value of it is malformed.
        """
        return place_of(self.place, self.ca_bundle)

    def with_kind(self, kind: LoginKind) -> Self:
        """Return the form for another kind of login."""
        return replace(self, kind=kind)

    def known(self, name: str) -> str:
        """Return the known value of a field, or an empty text."""
        given = self.place.get(name) if name == "project_id" else None
        return self.hints.get(name) or (given.value if given else "")

    def without_secret(self) -> Self:
        """Return the form without its credential, to fill the fields when the user is asked again."""
        hints = login_kind_of(self.credential).plain_values(self.credential) if self.credential else {}
        return replace(self, credential=None, hints=hints)

    def with_typed(self, texts: Mapping[str, str]) -> Self:
        """Return the form with the texts of fields that hold no secret as hints, as they were typed, valid or not."""
        return replace(self, credential=None, hints={**self.hints, **texts})

    def with_imported(self, login: ImportableLogin) -> Self:
        """Return the form with a login imported from another tool, and its region and project."""
        kind = LOGIN_KINDS.get(login.profile.kind, ACCESS_KEY)
        return replace(self, place={**self.place, **login.profile.place()}, kind=kind, credential=login.credential)

    def in_project(self, project_id: str) -> Self:
        """Return the form with one of several projects chosen."""
        return replace(self, place=layered(self.place, {"project_id": Sourced(project_id, _("chosen"))}))

    def with_login(self, values: LoginValues) -> Self:
        """Return the form with the login and the project id that were typed.

        Raises:
            CredentialError: a value of the login is missing or malformed.
            ConfigError: the project id is malformed.
        """
        place = {key: value for key, value in self.place.items() if key != "project_id"}
        project_id = values.get("project_id")
        if isinstance(project_id, str) and project_id:
            place = layered(place, {"project_id": Sourced(project_id, _("project id"))})
        form = replace(self, place=place, credential=(self.kind or TOKEN).from_form(values))
        form.checked_place()
        return form


@dataclass(frozen=True, slots=True)
class LoginResult:
    """The outcome of the sign-in screen."""

    target: Target | None
    """The place with a login that was tried, or None if the user chose the demo."""
    remark: str = ""
    """Why the login could not be stored; empty if it is."""


async def verify_login(target: Target) -> Target:
    """Try the login with one request to the service, and return `target` with its project id.

    A password is exchanged for a token first; the project is the token's. If no project is named, IAM is asked for the
    one of a token or an access key.

    Raises:
        Problem: the login is refused, or the service or IAM can't be reached.
        SeveralProjects: no project is named, and the login may use more than one.
    """
    from kps_tui.kps.iam import IamClient
    from kps_tui.session.request_log import log_request

    credential = target.credential
    place = target.place
    if isinstance(credential, Password) and (target.cached_token is None or place.project_name):
        async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=log_request) as iam:
            issued = await iam.token_for(credential, place.project_id or None, place.region, place.project_name)
        target = replace(target.in_project(issued.project_id or target.place.project_id), cached_token=issued.token)
    elif not target.place.project_id:
        target = await with_project(target)
    if not target.place.project_id:
        raise no_project()
    async with target.client() as client:
        await client.page(0, 1)
    return target


async def with_project(target: Target) -> Target:
    """Ask IAM for the project of a token, or for that of an access key: the named one, else the only one.

    The project id of the result is empty if there is none. A token is returned with its expiry as IAM says it.

    Raises:
        KpsError: IAM can't be asked, or `OtherProject`: the named project is not that of the login.
        SeveralProjects: the access key has access to more than one project.
    """
    from kps_tui.kps.iam import IamClient
    from kps_tui.kps.login_errors import OtherProject
    from kps_tui.session.request_log import log_request

    if not isinstance(target.credential, Token | AccessKey):
        return target.in_project("")
    async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=log_request) as iam:
        name = target.place.project_name
        if isinstance(target.credential, Token):
            who = await iam.whoami(target.credential)
            if name and who.project_name != name:
                raise OtherProject(name, who.project_name or who.project_id)
            token = replace(target.credential, expires_at=who.expires_at or target.credential.expires_at)
            return replace(target.in_project(who.project_id), credential=token)
        projects = await iam.projects_of(target.credential, target.place.region, name)
        if name and not projects:
            raise OtherProject(name)
    if len(projects) > 1:
        raise SeveralProjects([(project.id, project.name) for project in projects])
    return target.in_project(projects[0].id if projects else "")


def profile_of(name: str, target: Target, keyring: str = "") -> Profile:
    """Return the profile for a login: its place, its fields that hold no secret, and the title of its keyring."""
    kind = login_kind_of(target.credential)
    sources = target.place.sources
    return Profile(
        name,
        region=target.place.region,
        project_id=target.place.project_id,
        endpoint=str(target.place.endpoint) if "endpoint" in sources else "",
        iam_endpoint=str(target.place.iam_endpoint) if "iam_endpoint" in sources else "",
        kind=kind.name,
        keyring=keyring,
        **kind.plain_values(target.credential),
    )


async def store_login(target: Target, name: str, path: Path, vault: Vault) -> Target:
    """Store a verified login as profile `name`: the login in the keyring, the rest in `profiles.toml`.

    Raises:
        CredentialError: the keyring does not store it; `profiles.toml` is unchanged.
        ConfigError: `profiles.toml` can't be written.
    """
    credential = target.credential
    kind, kept = login_kind_of(credential), None
    if kind.is_stored:
        stored = Stored(credential, target.cached_token, target.place.origins)
        kept = await vault.write(name, stored, replace_unreadable=True)
    profile = profile_of(name, target, kept.keyring if kept else "")
    await run_async(partial(save_profile, path, profile))
    sources = {key: value.source for key, value in profile.place(profiles_file(path)).items()}
    place = replace(target.place, sources=sources)
    if kept is None:
        return replace(target, place=place, profile=name, source=kind.source())
    cache_token = token_cache(vault, name, kept)
    return replace(target, place=place, profile=name, source=source_of(kept, name), cache_token=cache_token)


def storage_sentence(state: KeyringState) -> str:
    """Return the sentence that says where an accepted login will be kept, for the user to read before typing it."""
    if state.condition == "reachable" and state.lifetime:
        said = _("If the login is accepted, it is kept in the kernel's keyring {lifetime}.")
        return said.format(lifetime=state.lifetime)
    if state.condition == "reachable":
        said = _("If the login is accepted, it is kept in the keyring of this system ({backend}).")
        return said.format(backend=state.backend)
    why = state.problem.what if state.problem is not None else _(state.condition)
    return _("An accepted login is kept in memory until you quit: {why}.").format(why=why)
