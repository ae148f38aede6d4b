"""`login` and `logout`."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import click

from kps_tui.cli import complain
from kps_tui.cli.connection import settings_of
from kps_tui.cli.options import shared_options
from kps_tui.cli.secrets import asked, from_stdin
from kps_tui.i18n import _
from kps_tui.identity.environment import place_in
from kps_tui.identity.profiles import Profile, check_name, no_such_profile
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.session.resolve import Context, load_context
from kps_tui.session.sign_in import DEFAULT_PROFILE, Kind, LoginForm, place_to_keep, store_login, verify_login
from kps_tui.session.target import Target
from kps_tui.settings import Settings, existing_file

LOGOUT_SECONDS = 10.0
_STDIN = {"token": Kind.TOKEN, "password": Kind.PASSWORD, "secret_key": Kind.ACCESS_KEY}


@click.command(short_help=_("Log in, and keep the login in the keyring."))
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help=_("What you have."))
@click.option("--user", metavar="NAME", help=_("IAM user."))
@click.option("--user-id", metavar="ID", help=_("Its id; only with a virtual MFA device."))
@click.option("--account", metavar="NAME", help=_("Account (domain) of the user."))
@click.option("--access-key", metavar="AK", help=_("Access key id."))
@click.option("--token-stdin", is_flag=True, help=_("Read the token from stdin."))
@click.option("--password-stdin", is_flag=True, help=_("Read the password from stdin."))
@click.option("--secret-key-stdin", is_flag=True, help=_("Read the secret key from stdin."))
@shared_options
@click.pass_obj
def login(
    options: Mapping[str, object],
    kind: str | None,
    user: str | None,
    user_id: str | None,
    account: str | None,
    access_key: str | None,
    token_stdin: bool,
    password_stdin: bool,
    secret_key_stdin: bool,
) -> int:
    """Ask the service once with a login, then keep it in the keyring as a profile; a secret is never an option."""
    given = {"token": token_stdin, "password": password_stdin, "secret_key": secret_key_stdin}
    stdin = [name for name, is_given in given.items() if is_given]
    settings = settings_of(options)
    name = settings.profile or DEFAULT_PROFILE
    check_name(name)
    # A profile that is not there yet is made: it must not be looked for.
    context = load_context(replace(settings, profile=None))
    before = context.configuration.profiles.get(name, Profile(name))
    chosen = _kind(kind, stdin, before)
    vault = Vault()
    if chosen is not Kind.AGENCY:
        complain(_place_or_refuse(vault))
    texts = {
        "user": user or before.user,
        "user_id": user_id or before.user_id,
        "account": account or before.account,
        "access_key": access_key or before.access_key,
    }
    _need(chosen, texts)
    values: dict[str, str | Secret] = {**texts, **_secrets(chosen, stdin, settings, texts)}
    place = before.place(context.configuration.file_of(name)) | place_in(context.environ) | dict(settings.place)
    answers = LoginForm(place, chosen, ca_bundle=existing_file(settings.ca_bundle) if settings.ca_bundle else None)
    values["project_id"] = answers.known("project_id")
    answered = answers.with_login(values)
    assert answered.credential is not None
    target = asyncio.run(verify_login(Target(answered.checked_place(), answered.credential, _("login"))))
    target = asyncio.run(store_login(target, name, context.configuration.path, vault))
    said = _("logged in: profile “{name}”, {place}, project {project}; kept in the {source}")
    complain(
        said.format(
            name=line(name, 64),
            place=line(target.place.name, 60),
            project=line(target.place.project_id, 64),
            source=target.source,
        )
    )
    return 0


def _kind(kind: str | None, stdin: list[str], before: Profile) -> Kind:
    if len(stdin) > 1:
        raise ConfigError(_("stdin holds one secret"), next_step=_("name one of the -stdin options"))
    from_option = _STDIN[stdin[0]] if stdin else None
    if kind is not None:
        if from_option not in (None, kind):
            raise ConfigError(
                _("--kind {kind} does not go with --{option}-stdin").format(
                    kind=kind, option=stdin[0].replace("_", "-")
                ),
                next_step=_("leave out one of them"),
            )
        return Kind(kind)
    return from_option or (Kind(before.kind) if before.kind in {*Kind} else Kind.TOKEN)


def _place_or_refuse(vault: Vault) -> str:
    state = asyncio.run(vault.state())
    if state.condition in ("none", "not allowed"):
        raise ConfigError(
            _("there is no keyring to keep the login in"),
            why=state.problem.why if state.problem else "",
            next_step=_("use the environment (KPS_TUI_TOKEN), or sign in on the screen for one run"),
        )
    if state.problem is not None:
        raise state.problem
    return place_to_keep(state)


def _need(kind: Kind, texts: Mapping[str, str]) -> None:
    needed = {Kind.PASSWORD: ("user", "account"), Kind.ACCESS_KEY: ("access_key",)}.get(kind, ())
    missing = ["--" + name.replace("_", "-") for name in needed if not texts[name]]
    if missing:
        raise ConfigError(
            _("--kind {kind} needs {missing}").format(kind=kind, missing=" and ".join(missing)),
            next_step=_("see kps-tui login --help"),
        )


def _secrets(kind: Kind, stdin: list[str], settings: Settings, texts: Mapping[str, str]) -> dict[str, Secret]:
    if kind is Kind.AGENCY:
        return {}
    name = {Kind.TOKEN: "token", Kind.PASSWORD: "password", Kind.ACCESS_KEY: "secret_key"}[kind]
    option = f"--{name.replace('_', '-')}-stdin"
    question = {"token": _("IAM token"), "password": _("Password"), "secret_key": _("Secret key")}[name]
    secrets = {name: from_stdin(option) if stdin else asked(question, option, settings.ask)}
    if kind is Kind.PASSWORD and texts["user_id"]:
        secrets["passcode"] = asked(_("MFA code (empty: none)"), option, settings.ask)
    if kind is Kind.ACCESS_KEY and not stdin:
        secrets["security_token"] = asked(_("Security token (empty: none)"), option, settings.ask)
    return secrets


@click.command(short_help=_("Forget the login of a profile."))
@shared_options
@click.pass_obj
def logout(options: Mapping[str, object]) -> int:
    """Remove the secret of a profile from the keyring; the profile stays."""
    settings = settings_of(options)
    name = named_profile(load_context(replace(settings, profile=None)), settings)
    was_there = asyncio.run(Vault(write_seconds=LOGOUT_SECONDS).delete(name))
    said = _("the login of profile “{name}” is forgotten") if was_there else _("profile “{name}” had no login")
    complain(said.format(name=line(name, 64)))
    return 0


def named_profile(context: Context, settings: Settings) -> str:
    """Return the profile that is meant.

    Raises:
        ConfigError: none is.
    """
    if settings.profile is not None:
        if settings.profile not in context.configuration.profiles:
            raise no_such_profile(context.configuration, settings.profile, "--profile")
        return settings.profile
    if context.chosen is None:
        raise ConfigError(_("no profile is chosen"), next_step=_("name one with --profile; see kps-tui profiles"))
    return context.profile_name
