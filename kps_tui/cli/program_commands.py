"""The declarations of the commands about the program itself."""

import click

from kps_tui.cli.options import Example, OptionGroup, command, format_option, lazy, option
from kps_tui.i18n import N_, _
from kps_tui.settings import DEFAULT_DEMO_TASKS, LARGEST_DEMO

SHELLS = ("bash", "zsh", "fish")
"""The shells that `completion` has a script for."""

doctor = command(
    "doctor",
    option(
        "--contract",
        is_flag=True,
        text=lambda: _(
            "Send seven requests that change nothing, and print what they tell about the service where its "
            "documentation is silent, for an issue: no names, no addresses, ids only as random hashes."
        ),
    ),
    format_option("plain", "json"),
    runs="doctor.examine",
    text=lambda: _(
        "Check configuration, keyring, network, login, permission and terminal; "
        "exit with the code of the first problem.\n\n"
        "Warnings don't count. Nothing is changed, and no secret is printed."
    ),
    examples=(
        Example("kps-tui doctor", N_("what prevents the program from working here")),
        Example("kps-tui doctor --profile prod --format json", N_("the same for another profile, for a script")),
    ),
    shown=(OptionGroup.CONNECTION, OptionGroup.DEMO),
)
completion = command(
    "completion",
    click.Argument(["shell"], metavar="SHELL", type=click.Choice(SHELLS)),
    runs="completion.print_script",
    text=lambda: _(
        "Print the script that completes commands, options and their values in SHELL: bash, zsh or fish.\n\n"
        "It reads your profiles, but asks neither the service nor the keyring."
    ),
    examples=(
        Example('eval "$(kps-tui completion bash)"', N_("in ~/.bashrc; with “zsh” in ~/.zshrc")),
        Example("kps-tui completion fish > ~/.config/fish/completions/kps-tui.fish", N_("once, for fish")),
    ),
)
demo_server = command(
    "demo-server",
    option(
        "--port",
        type=click.IntRange(0, 65535),
        default=0,
        metavar="N",
        text=lambda: _("Port; 0 chooses a free one."),
    ),
    option(
        "--tasks",
        type=click.IntRange(0, LARGEST_DEMO),
        default=DEFAULT_DEMO_TASKS,
        show_default=True,
        metavar="N",
        text=lambda: _("How many."),
    ),
    option(
        "--latency",
        type=click.IntRange(0, 60_000),
        default=0,
        metavar="MS",
        text=lambda: _("Milliseconds before each answer."),
    ),
    runs="demo_server.serve",
    text=lambda: _("Serve the API of failed tasks on 127.0.0.1, until it is interrupted."),
    examples=(
        Example("kps-tui demo-server", N_("prints its address and logins, then serves")),
        Example("kps-tui demo-server --port 8080 --latency 300", N_("a slow service at a known address")),
    ),
)
help_ = command(
    "help",
    click.Argument(["topic"], nargs=-1, shell_complete=lazy("candidates.topics")),
    option("--roff", is_flag=True, text=lambda: _("Print the manual in the form that man -l reads.")),
    runs="help.print_help",
    text=lambda: _("Explain a command, or one of the topics filter, keys, exit-codes, environment, files and man."),
    examples=(
        Example("kps-tui help filter", N_("how to choose tasks, by example")),
        Example("kps-tui help man --roff | man -l -", N_("the manual in man, wherever kps-tui is installed")),
    ),
)
version = command(
    "version",
    format_option("plain", "json"),
    runs="version.print_version",
    text=lambda: _("Print versions, and where configuration and state are; no secret."),
    examples=(
        Example("kps-tui version", N_("what to say in an issue")),
        Example("kps-tui version --format json", N_("the same for a script")),
    ),
    shown=("config",),
)
