"""Signing in: from answers to a login that was tried, and kept where that is possible."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Self

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.edits import save_profile
from kps_tui.identity.profiles import Profile
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import KeyringState, Vault
from kps_tui.identity.vendor import ImportableLogin
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Secret, Token
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.session.place import Place, place_of
from kps_tui.session.target import Target
from kps_tui.session.token_cache import token_cache
from kps_tui.settings import Sourced

DEMO, OTHER = "demo", "other"
"""Choices of the region step beside the regions."""
OFFER = "offer-"
"""Begins the choices of the kind step that are logins of other tools."""
DEFAULT_PROFILE = "default"


class Kind(StrEnum):
    """What a user may have."""

    TOKEN = "token"
    PASSWORD = "password"
    ACCESS_KEY = "access-key"
    AGENCY = "agency"


class SeveralProjects(ConfigError):
    """The login may use more than one project."""

    def __init__(self, projects: list[tuple[str, str]]) -> None:
        some = ", ".join(f"{line(name, 60)} ({line(id, 64)})" for id, name in projects[:8])
        super().__init__(_("the login may use several projects"), why=some, next_step=_("name one with --project-id"))
        self.projects = projects
        """Ids and names."""


@dataclass(frozen=True, slots=True)
class LoginForm:
    """Where, and with what: what the sign-in screen and `login` ask for."""

    place: Mapping[str, Sourced] = field(default_factory=dict)
    kind: Kind | None = None
    credential: Credential | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    """What is known of the login that is no secret: user, account, access key …"""
    profile: str = ""
    ca_bundle: Path | None = None

    @property
    def where(self) -> str:
        """The endpoint or region named, empty where none is."""
        named = self.place.get("endpoint") or self.place.get("region")
        return named.value if named else ""

    def at(self, text: str) -> Self:
        """Return the answers for a region id, or for another cloud's `https://…`.

        Raises:
            ConfigError: it is neither.
        """
        name = "endpoint" if "://" in text else "region"
        others = {key: value for key, value in self.place.items() if key not in ("endpoint", "region", "iam_endpoint")}
        answers = replace(self, place={**others, name: Sourced(text, _("this"))})
        answers.checked_place()
        return answers

    def checked_place(self) -> Place:
        """Return where that is.

        Raises:
            ConfigError: it can't be a place.
        """
        return place_of(self.place, self.ca_bundle)

    def with_kind(self, kind: Kind) -> Self:
        """Return the answers for another kind of login."""
        return replace(self, kind=kind)

    def known(self, name: str) -> str:
        """Return what is known of a field, empty where nothing is."""
        if name == "project_id":
            given = self.place.get(name)
            return given.value if given else ""
        return self.hints.get(name, "")

    def without_secret(self) -> Self:
        """Return what may be shown of the answers when the user is asked again."""
        credential = self.credential
        hints: dict[str, str] = {}
        if isinstance(credential, Password):
            hints = {"user": credential.user, "account": credential.account, "user_id": credential.user_id}
        elif isinstance(credential, AccessKey):
            hints = {"access_key": credential.access_key}
        return replace(self, credential=None, hints=hints)

    def with_offer(self, offer: ImportableLogin) -> Self:
        """Return the answers with a login of another tool; its region and project where it names them."""
        place = {**self.place, **offer.profile.place()}
        kind = Kind(offer.profile.kind) if offer.profile.kind in {*Kind} else Kind.ACCESS_KEY
        return replace(self, place=place, kind=kind, credential=offer.credential)

    def in_project(self, project_id: str) -> Self:
        """Return the answers for one of several projects."""
        return replace(self, place={**self.place, "project_id": Sourced(project_id, _("chosen"))})

    def with_login(self, values: Mapping[str, str | Secret]) -> Self:
        """Return the answers with the login that was typed.

        Raises:
            CredentialError: a part can't be what it should.
            ConfigError: the project id can't be one.
        """
        place = {key: value for key, value in self.place.items() if key != "project_id"}
        if project_id := _text(values, "project_id"):
            place["project_id"] = Sourced(project_id, _("project id"))
        answers = replace(self, place=place, credential=_credential(self.kind or Kind.TOKEN, values))
        answers.checked_place()
        return answers


@dataclass(frozen=True, slots=True)
class LoginResult:
    """The outcome: a login that was tried, or `None` for the demo."""

    target: Target | None
    remark: str = ""
    """Where it is kept, or why it is not."""


def _text(values: Mapping[str, str | Secret], name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _secret(values: Mapping[str, str | Secret], name: str) -> Secret:
    value = values.get(name)
    return value if isinstance(value, Secret) else Secret("")


def _optional(values: Mapping[str, str | Secret], name: str) -> Secret | None:
    secret = _secret(values, name)
    return secret if secret != Secret("") else None


def _credential(kind: Kind, values: Mapping[str, str | Secret]) -> Credential:
    if kind is Kind.TOKEN:
        return Token.parse(_secret(values, "token"), _("the token field"))
    if kind is Kind.PASSWORD:
        return Password.parse(
            _text(values, "user"),
            _text(values, "account"),
            _secret(values, "password"),
            _("the password field"),
            user_id=_text(values, "user_id"),
            passcode=_optional(values, "passcode"),
        )
    if kind is Kind.ACCESS_KEY:
        return AccessKey.parse(
            _text(values, "access_key"),
            _secret(values, "secret_key"),
            _("the secret key field"),
            _optional(values, "security_token"),
        )
    return Agency()


async def verify_login(target: Target) -> Target:
    """Return `target` with its project, after the service was asked once with it.

    A password is changed for a token first, which tells the project; an access key and a token ask IAM for theirs where
    none is named.

    Raises:
        Problem: the login is refused, or nobody can be asked.
        SeveralProjects: the login may use more than one, and none is named.
    """
    from kps_tui.kps.iam import IamClient
    from kps_tui.session.journal import noted

    credential = target.credential
    if isinstance(credential, Password) and target.last is None:
        async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=noted) as iam:
            issued = await iam.token_for(credential, target.place.project_id or None, target.place.region)
        target = replace(target.in_project(issued.project_id or target.place.project_id), last=issued.token)
    elif not target.place.project_id:
        target = target.in_project(await _project(target))
    if not target.place.project_id:
        raise ConfigError(
            _("no project is set"), next_step=_("name its id with --project-id (console: My Credentials)")
        )
    async with target.client() as client:
        await client.page(0, 1)
    return target


async def _project(target: Target) -> str:
    from kps_tui.kps.iam import IamClient
    from kps_tui.session.journal import noted

    if not isinstance(target.credential, Token | AccessKey):
        return ""
    async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=noted) as iam:
        if isinstance(target.credential, Token):
            return (await iam.whoami(target.credential)).project_id
        projects = await iam.projects_of(target.credential, target.place.region)
    if len(projects) > 1:
        raise SeveralProjects([(project.id, project.name) for project in projects])
    return projects[0].id if projects else ""


def profile_of(name: str, target: Target) -> Profile:
    """Return what the configuration may say of a login: everything but its secret."""
    credential = target.credential
    draft = Profile(
        name,
        region=target.place.region,
        project_id=target.place.project_id,
        endpoint=str(target.place.endpoint) if "endpoint" in target.place.sources else "",
        iam_endpoint=str(target.place.iam_endpoint) if "iam_endpoint" in target.place.sources else "",
    )
    if isinstance(credential, Password):
        return replace(
            draft, kind="password", user=credential.user, user_id=credential.user_id, account=credential.account
        )
    if isinstance(credential, AccessKey):
        return replace(draft, kind="access-key", access_key=credential.access_key)
    return replace(draft, kind="agency" if isinstance(credential, Agency) else "token")


async def store_login(target: Target, name: str, path: Path, vault: Vault) -> Target:
    """Store a verified login as profile `name`: its secret in the keyring, the rest in `profiles.toml`.

    Raises:
        CredentialError: the keyring does not store it; then nothing is written.
        ConfigError: `profiles.toml` can't be written.
    """
    credential = target.credential
    if not isinstance(credential, Agency):
        await vault.write(name, Stored(credential, target.last), replace_unreadable=True)
    profile = profile_of(name, target)
    await run_async(partial(save_profile, path, profile))
    place = replace(target.place, sources={key: value.source for key, value in profile.place(path).items()})
    source = _("keyring, profile “{name}”").format(name=name)
    return replace(target, place=place, profile=name, source=source, keep=token_cache(vault, name, credential))


def place_to_keep(state: KeyringState) -> str:
    """Say where a login will be kept, before it is typed."""
    if state.condition == "reachable":
        return _("The secret will be kept in the keyring of this system ({backend}).").format(backend=state.backend)
    why = state.problem.what if state.problem is not None else state.condition
    return _("Kept for this run only, in memory: {why}").format(why=why)
