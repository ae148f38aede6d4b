"""`login` and `logout`: store a login in the keyring, and remove it."""

import os
from collections.abc import Mapping
from dataclasses import replace

from kps_tui.blocking import run
from kps_tui.cli.connection import settings_of
from kps_tui.cli.login_commands import option_name, plain_fields, stdin_option_name
from kps_tui.cli.messages import print_message
from kps_tui.cli.secrets import ask_for_secret, read_secret
from kps_tui.i18n import _
from kps_tui.identity.environment import place_in, pop_secrets
from kps_tui.identity.login_kinds import LOGIN_KINDS, PASSWORD, TOKEN, LoginKind
from kps_tui.identity.profiles import PROFILE_VARIABLE, Profile, check_name, no_such_profile, none_chosen
from kps_tui.identity.vault import KeyringOutcomes, Vault
from kps_tui.kps.credentials import Secret
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.session.resolve import Context, configuration_of, load_context
from kps_tui.session.sign_in import DEFAULT_PROFILE, LoginForm, storage_sentence, store_login, verify_login
from kps_tui.session.target import Target
from kps_tui.settings import Settings, layered, readable_ca_bundle

LOGOUT_SECONDS = 10.0


def _kinds_by_secret() -> dict[str, LoginKind]:
    """Return the kinds of login that have a secret, by the name of the secret's field."""
    return {kind.secret.name: kind for kind in LOGIN_KINDS.values() if kind.secret is not None}


def log_in(options: Mapping[str, object], /, kind: str | None, **given: str | bool | None) -> int:
    """Verify a login with a request, then store it and its profile. Nothing is stored if the service refuses it."""
    stdin = [name for name in _kinds_by_secret() if given[f"{name}_stdin"]]
    settings = settings_of(options)
    name = settings.profile or os.environ.get(PROFILE_VARIABLE) or DEFAULT_PROFILE
    check_name(name)
    # Not `load_context`, which refuses a profile that does not exist: `login` may create it.
    configuration, environ = configuration_of(settings), pop_secrets(os.environ)
    before = configuration.profiles.get(name, Profile(name))
    chosen = _kind(kind, stdin, before)
    texts = {field.name: str(given[field.name] or getattr(before, field.name)) for field in plain_fields()}
    _check_required(chosen, texts)
    below = before.place(configuration.file_of(name))
    place = layered(below, place_in(environ, below, settings.place), settings.place)
    form = LoginForm(place, chosen, ca_bundle=readable_ca_bundle(settings.ca_bundle) if settings.ca_bundle else None)
    if not form.where:
        # That of every other command would be to log in.
        next_step = _("name one with --region, such as cn-north-4, or another cloud with --endpoint")
        raise ConfigError(_("no region is set"), next_step=next_step)
    at = form.checked_place()
    if chosen is PASSWORD and not (at.project_id or at.project_name or at.region):
        from kps_tui.kps.iam import no_scope

        raise no_scope()
    warnings = [*at.host_warnings()]
    vault = Vault()
    if chosen.is_stored:
        print_message(_place_or_refuse(vault))
    for warning in warnings:
        print_message(warning)
    secrets = _secrets(chosen, bool(stdin), settings, texts)
    form = form.with_login({**texts, **secrets, "project_id": form.known("project_id")})
    assert form.credential is not None
    target = run(verify_login(Target(form.checked_place(), form.credential, _("login"))))
    target = run(store_login(target, name, configuration.path, vault))
    said = _("logged in: profile “{name}”, {place}, project {project}; saved in the {source}")
    place_name, project = line(target.place.name, 60), line(target.place.project_id, 64)
    print_message(said.format(name=line(name, 64), place=place_name, project=project, source=target.source))
    return 0


def _kind(name: str | None, stdin: list[str], before: Profile) -> LoginKind:
    """Return the kind of login that the options name, else that of the profile.

    Raises:
        ConfigError: the options contradict each other.
    """
    if len(stdin) > 1:
        raise ConfigError(_("stdin holds one secret"), next_step=_("use one of the -stdin options"))
    by_option = _kinds_by_secret()[stdin[0]] if stdin else None
    if name is None:
        return by_option or LOGIN_KINDS.get(before.kind, TOKEN)
    if by_option is not None and by_option.name != name:
        raise ConfigError(
            _("--kind {kind} can't be combined with {option}").format(kind=name, option=stdin_option_name(stdin[0])),
            next_step=_("leave out one of them"),
        )
    return LOGIN_KINDS[name]


def _place_or_refuse(vault: Vault) -> str:
    """Return the sentence that says where the login will be stored.

    Raises:
        ConfigError: there is no keyring to store it in.
        CredentialError: the keyring is locked or does not answer.
    """
    state = run(vault.state())
    if state.condition in ("none", "not allowed"):
        raise ConfigError(
            _("no keyring here to save the login in"),
            why=state.problem.why if state.problem else "",
            next_step=_("use the environment (KPS_TUI_TOKEN), or sign in on the screen for one run"),
        )
    if state.problem is not None:
        raise state.problem
    return storage_sentence(state)


def _check_required(kind: LoginKind, texts: Mapping[str, str]) -> None:
    required = {field.name for field in kind.plain_fields if not field.optional}
    missing = [option_name(field.name) for field in plain_fields() if field.name in required and not texts[field.name]]
    if missing:
        raise ConfigError(
            _("--kind {kind} needs {missing}").format(kind=kind.name, missing=_(" and ").join(missing)),
            next_step=_("see kps-tui login --help"),
        )


def _secrets(kind: LoginKind, is_from_stdin: bool, settings: Settings, texts: Mapping[str, str]) -> dict[str, Secret]:
    """Read the secret of `kind` from stdin or at a prompt, and prompt for its optional secrets."""
    if kind.secret is None:
        return {}
    name = kind.secret.name
    option = stdin_option_name(name)
    secrets = {
        name: read_secret(option) if is_from_stdin else ask_for_secret(kind.secret.question(), option, settings.ask)
    }
    for field in kind.fields:
        if field.secret and field.optional and (texts[field.needs] if field.needs else not is_from_stdin):
            secrets[field.name] = ask_for_secret(field.question(), option, settings.ask, optional=True)
    return secrets


def log_out(options: Mapping[str, object], of_all: bool) -> int:
    """Delete the keyring item of the profile, or the items of all profiles."""
    settings = settings_of(options)
    context = load_context(replace(settings, profile=None))
    if of_all:
        return _log_out_of_all(context, settings)
    name = named_profile(context, settings)
    kept_in = context.configuration.profiles[name].keyring
    outcomes = run(Vault(write_seconds=LOGOUT_SECONDS).delete(name, kept_in))
    if outcomes.done:
        print_message(_("removed the login of profile “{name}”").format(name=line(name, 64)))
    elif not outcomes.problems:
        print_message(_("profile “{name}” had no login").format(name=line(name, 64)))
    return print_problems(outcomes, name)


def _log_out_of_all(context: Context, settings: Settings) -> int:
    """Delete the keyring items of all profiles. Return the exit code of the first keyring that may still have one.

    Raises:
        ConfigError: `--profile` is given too.
        CredentialError: there is no keyring.
    """
    if settings.profile is not None:
        raise ConfigError(_("--all can't be combined with --profile"), next_step=_("leave out one of them"))
    kept_in = {name: profile.keyring for name, profile in context.configuration.profiles.items()}
    if not kept_in:
        print_message(_("there is no profile, so there is no login to remove"))
        return 0
    removed, outcomes = run(Vault(write_seconds=LOGOUT_SECONDS).delete_all(kept_in))
    for name in removed:
        print_message(_("removed the login of profile “{name}”").format(name=line(name, 64)))
    if not removed and not outcomes.problems:
        print_message(_("no profile had a login"))
    for problem in outcomes.problems.values():
        print_message(_("logins may still be in a keyring: {problem}").format(problem=problem))
    return outcomes.exit_code


def print_problems(outcomes: KeyringOutcomes, name: str) -> int:
    """Print which keyrings may still hold the login of the profile. Return the exit code of the first problem."""
    said = _("the login of profile “{name}” may still be in a keyring: {problem}")
    for problem in outcomes.problems.values():
        print_message(said.format(name=line(name, 64), problem=problem))
    return outcomes.exit_code


def named_profile(context: Context, settings: Settings) -> str:
    """Return the name of the profile that `--profile`, the environment or the configuration chooses.

    Raises:
        ConfigError: nothing chooses one, or it does not exist.
    """
    if settings.profile is not None:
        if settings.profile not in context.configuration.profiles:
            raise no_such_profile(context.configuration, settings.profile, "--profile")
        return settings.profile
    if context.chosen is None:
        if context.configuration.profiles:
            raise none_chosen(context.configuration)
        raise ConfigError(_("there is no profile yet"), next_step=_("create one with kps-tui login"))
    return context.profile_name
