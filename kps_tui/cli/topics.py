"""The pages of `kps-tui help TOPIC`, from which the manual is made too.

They list the commands of the screen, the fields and the environment variables as the program itself defines them. A
text is looked up when the page is made.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kps_tui.i18n import N_, _

FILTERS = (
    ("op:bind since:24h", N_("bindings that failed in the last 24 hours")),
    ('err:"timed out" -server:db', N_("with that phrase in the error, not on servers with “db” in their name")),
    ("op:bind,reset (server:web or server:api)", N_("bind or reset, on either family")),
    ("code:Ecs.* -key:", N_("with such a code, and with a key pair")),
    ("cause:security-group family:web", N_("with this likely cause, on web-01, web-02 and the like")),
    ("err:/timed? out/ on:yesterday", N_("found by a regular expression, yesterday")),
    ("is:new -is:acked", N_("new since the last visit, and not acknowledged")),
    ("~wb01 until:2026-11-23T08:00", N_("with w, b, 0, 1 in this order in some field, before that time")),
)
"""Examples of filters, and the tasks that each finds."""

EXIT_CODES = (
    ("0", N_("done, also with no tasks")),
    ("1", N_("the response can't be used (400, 404, a redirect, unreadable), or there is no such task")),
    ("2", N_("usage, configuration, a filter that can't be read, no keyring to save in, or no terminal")),
    ("3", N_("network, time-out, 5xx, 429: try later")),
    ("4", N_("login missing, expired or refused, or the keyring is locked or does not answer")),
    ("5", N_("no permission (403)")),
    ("6", N_("incomplete: what came is printed, with “complete: false” in JSON")),
    ("10", N_("with --fail-if-any: a task matches")),
    ("70", N_("a bug in kps-tui: please report the line it printed")),
    ("129, 130, 131, 141, 143", N_("ended by SIGHUP, Ctrl+C, SIGQUIT, a closed pipe, SIGTERM")),
)
"""The exit codes (`problems.ExitCode`), and what each means."""

_VARIABLES = (
    ("KPS_TUI_PROFILE", N_("the profile (--profile)")),
    ("KPS_TUI_REGION", N_("the region (--region)")),
    ("KPS_TUI_PROJECT_ID", N_("the project (--project-id)")),
    ("KPS_TUI_ENDPOINT", N_("the endpoint of another cloud (--endpoint)")),
    ("KPS_TUI_IAM_ENDPOINT", N_("its IAM endpoint (--iam-endpoint)")),
    ("KPS_TUI_CA_BUNDLE", N_("PEM file with the CA certificates to trust (--ca-bundle)")),
    ("KPS_TUI_CONFIG", N_("another configuration file (--config)")),
    ("KPS_TUI_TOKEN", N_("an IAM token to log in with")),
    ("HTTPS_PROXY, ALL_PROXY", N_("the HTTP proxy; never for loopback")),
    ("NO_PROXY", N_("what is reached without the proxy")),
    ("NO_COLOR", N_("no colours (--no-color)")),
    ("LC_ALL, LC_MESSAGES, LANG", N_("the language, unless --lang or the configuration names one")),
    ("PYTHON_KEYRING_BACKEND", N_("another backend of Python's keyring library")),
    ("XDG_CONFIG_HOME", N_("the folder of the configuration, by default ~/.config")),
    ("XDG_STATE_HOME", N_("the folder of the state, by default ~/.local/state")),
)
"""Environment variables, and what they set."""

FILES = (
    ("~/.config/kps-tui/config.toml", N_("the configuration, which kps-tui only reads")),
    ("~/.config/kps-tui/profiles.toml", N_("profiles, written by login and profiles; never a secret")),
    ("~/.config/kps-tui/views.toml", N_("saved views, written by V on the screen")),
    ("~/.config/kps-tui/runbook.toml", N_("causes of your own, which come before those of kps-tui")),
    ("~/.local/state/kps-tui/kps-tui.sqlite3", N_("the last lists, for the next start and --offline")),
    ("~/.local/state/kps-tui/ledger.sqlite3", N_("what was seen and acknowledged, with your notes")),
    ("~/.local/state/kps-tui/debug.log", N_("requests without logins, written with --debug")),
    ("~/.local/state/kps-tui/copies/", N_("copies that may not have reached the clipboard")),
)
"""The files of the program, and what is in them."""


class Rows(NamedTuple):
    """A list of definitions: names, and what each means."""

    rows: Sequence[tuple[str, str]]


Block = str | Rows
"""A paragraph, or rows."""


class Section(NamedTuple):
    """A heading, and what stands below it."""

    title: str
    blocks: tuple[Block, ...] = ()
    is_subsection: bool = False


def _translated(rows: Iterable[tuple[str, str]]) -> Rows:
    return Rows([(name, _(words)) for name, words in rows])


def filters() -> list[Section]:
    """Return the page that explains filters."""
    from kps_tui.triage.fields import BY_KEY, Match
    from kps_tui.triage.filter import OF_LEDGER, STANDING_WORDS

    known = {"is": ", ".join(STANDING_WORDS), "note": Match.PART.words}
    fields = [(f"{key}:", f"{field.label}: {field.match.words}".replace("`", "")) for key, field in BY_KEY.items()]
    fields += [(f"{name}:", known[name]) for name in OF_LEDGER]
    return [
        Section(_("Filter"), (
            _("“/” on the screen and --where in a shell take words and field:value terms, all of which must match:"),
            _translated(FILTERS),
        )),
        Section(_("Syntax"), (
            _(
                "A word without a field matches a part of any field. “-” or “!” before a term or (…) negates it; a "
                "space is AND, “or” is OR; a comma stands between values of one field. “field:” alone is empty or "
                "null. “*” stands for anything; “field:=value” takes the value as it is, whole; “field:/regex/” "
                "searches."
            ),
            _(
                "Upper and lower case do not matter. What holds a colon or another sign goes in quotes: “a:b”. A "
                "time is 2026-11-23, 2026-11-23T08:00 (local, or with Z or +08:00), 30m, 24h, 7d, 2w, today or "
                "yesterday."
            ),
        ), is_subsection=True),
        Section(_("Fields, and what a value matches"), (Rows(fields),), is_subsection=True),
    ]  # fmt: skip


def keys() -> list[Section]:
    """Return the page of the screen's keys, by group."""
    from kps_tui.ui.commands import COMMANDS, WIDGET_COMMANDS

    groups: dict[str, list[tuple[str, str]]] = {}
    for command in (*COMMANDS, *(command for commands in WIDGET_COMMANDS.values() for command in commands)):
        if command.shown:
            groups.setdefault(command.group, []).append((command.shown, command.words))
    return [
        Section(_("Keys")),
        *(Section(_(title), (Rows(rows),), is_subsection=True) for title, rows in groups.items()),
    ]


def exit_codes() -> list[Section]:
    """Return the page of exit codes."""
    return [Section(_("Exit codes"), (_translated(EXIT_CODES),))]


def environment() -> list[Section]:
    """Return the page of environment variables."""
    from kps_tui.identity.env_families import FAMILIES

    foreign = [(family.title, ", ".join(family.names)) for family in FAMILIES[1:]]
    return [
        Section(_("Environment"), (_translated(_VARIABLES),)),
        Section(_("Logins of other tools"), (
            Rows(foreign),
            _(
                "The first of these families that holds a whole login is used, never parts of two. HW_* and OS_* count "
                "only if their AUTH_URL names the IAM that would be called."
            ),
        ), is_subsection=True),
    ]  # fmt: skip


def files() -> list[Section]:
    """Return the page of the program's files."""
    return [Section(_("Files"), (
        _translated(FILES),
        _("What kps-tui writes is for you alone (mode 0600). “kps-tui version” prints where it is here."),
    ))]  # fmt: skip


PAGES: dict[str, Callable[[], list[Section]]] = {
    "filter": filters,
    "keys": keys,
    "exit-codes": exit_codes,
    "environment": environment,
    "files": files,
}
"""The functions that make the pages, by topic: all of `commands.TOPICS` but the manual."""
