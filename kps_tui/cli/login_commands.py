"""The declarations of the commands for logins and profiles."""

from collections.abc import Iterator

import click

from kps_tui.cli.options import Example, TranslatedGroup, command, format_option, lazy, option
from kps_tui.i18n import N_, _
from kps_tui.identity.login_kinds import LOGIN_KINDS, LoginField


def plain_fields() -> list[LoginField]:
    """Return the fields of all kinds of login that are no secret, in the order of the keys of a profile."""
    from kps_tui.identity.profiles import PROFILE_FIELDS

    fields = {field.name: field for kind in LOGIN_KINDS.values() for field in kind.plain_fields}
    return [fields[name] for name in PROFILE_FIELDS if name in fields]


def option_name(name: str) -> str:
    """Return the name of the option for the login field `name`."""
    return "--" + name.replace("_", "-")


def stdin_option_name(name: str) -> str:
    """Return the name of the option that reads the secret `name` from stdin."""
    return f"{option_name(name)}-stdin"


def _login_options() -> Iterator[click.Option]:
    """Yield the options of `login`. None takes a secret, which other processes could see."""
    yield option("--kind", type=click.Choice([*LOGIN_KINDS]), text=lambda: _("Kind of login."))
    for field in plain_fields():
        yield option(option_name(field.name), metavar=field.metavar, text=field.help)
    for kind in LOGIN_KINDS.values():
        if secret := kind.secret:
            yield option(stdin_option_name(secret.name), is_flag=True, text=secret.help)


login = command(
    "login",
    *_login_options(),
    runs="login.log_in",
    text=lambda: _(
        "Test a login, then keep it in the keyring as a profile. Secrets come from a prompt or stdin, not from options."
    ),
    examples=(
        Example(
            "kps-tui login --region cn-north-4 --kind password --user ops --account acme",
            N_("an IAM user; the password is asked for"),
        ),
        Example(
            "kps-tui login --profile prod --region cn-north-4 --token-stdin < token",
            N_("a token from a file, as the profile “prod”"),
        ),
    ),
    shown=("profile", "region", "project_id", "endpoint", "iam_endpoint", "ca_bundle", "config"),
)
logout = command(
    "logout",
    option("--all", "of_all", is_flag=True, text=lambda: _("Remove the logins of all profiles.")),
    runs="login.log_out",
    text=lambda: _("Remove the login of a profile from the keyring; the profile stays."),
    examples=(
        Example("kps-tui logout", N_("the login of the default profile")),
        Example("kps-tui logout --all", N_("the logins of all profiles, before the program is removed")),
    ),
    shown=("profile", "config"),
)
_NAME = click.Argument(["name"], shell_complete=lazy("candidates.profiles"))

profiles = command(
    "profiles",
    format_option("table", "json"),
    kind=TranslatedGroup,
    runs="profiles.print_profiles",
    text=lambda: _("List the profiles; `*` marks the default."),
    invoke_without_command=True,
    examples=(
        Example("kps-tui profiles", N_("which profiles there are")),
        Example("kps-tui profiles default prod", N_("use “prod” where none is given")),
    ),
    shown=("config",),
)
profiles.add_command(
    command(
        "remove",
        _NAME,
        runs="profiles.remove",
        summary=lambda: _("Remove a profile and its login."),
        text=lambda: _("Remove the profile NAME, and its login from the keyring."),
        shown=("config",),
    )
)
profiles.add_command(
    command(
        "rename",
        _NAME,
        click.Argument(["new_name"]),
        runs="profiles.rename",
        summary=lambda: _("Give a profile another name."),
        text=lambda: _("Rename the profile NAME, and its login in the keyring."),
        shown=("config",),
    )
)
profiles.add_command(
    command(
        "default",
        _NAME,
        runs="profiles.set_default",
        summary=lambda: _("Choose the default profile."),
        text=lambda: _("Use the profile NAME where none is given."),
        shown=("config",),
    )
)
