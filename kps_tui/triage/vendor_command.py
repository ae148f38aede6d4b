"""The command of the vendor's tool KooCLI (`hcloud`) that repeats the operation of a failed task.

It is meant for a person to review: it ends in `--dryrun`, so unchanged it only prints the request, and it has
placeholders where secrets belong. It is quoted for a POSIX shell.
"""

from shlex import quote
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line


class _Call(NamedTuple):
    """The request that repeats an operation."""

    name: str
    auth: tuple[str, str] | None
    """The type of the server's login, and the placeholder for its secret."""
    state: str
    """The state that the server must be in. Plain words only: an interactive shell may not treat `#` as a comment."""


def _call(operation: str) -> _Call | None:
    password = ("password", _("<root password of the server>"))
    private_key = ("keypair", _("<private key of the present key pair, PEM>"))
    without_login = _("a server that is shut down takes neither of the --server.auth options")
    match operation:
        case "bind":
            return _Call("AssociateKeypair", password, without_login)
        case "replace":
            return _Call("AssociateKeypair", private_key, _("the server must be running"))
        case "reset":
            return _Call("AssociateKeypair", None, _("the server must be shut down"))
        case "unbind":
            return _Call("DisassociateKeypair", private_key, without_login)
        case _:
            return None


def vendor_command(task: FailedTask, region: str, project_id: str, *, demo: bool = False) -> str:
    """Return comment lines followed by the command on one line; empty for any other than the four known operations.

    There is no line break at the end, so that a shell it is pasted into waits for Enter.
    """
    call = _call(task.operation.name)
    if call is None:
        return ""
    comments = [
        _("# review first: {operation} again, sent only without --dryrun").format(operation=task.operation.name),
        f"# {call.state}",
    ]
    if demo:
        comments.insert(1, _("# DEMO: invented task"))
    if call.auth:
        comments.append(
            _("# others on this machine may see a secret on a command line, --cli-jsonInput=FILE takes the whole body")
        )
    return "\n".join([*comments, " ".join(_words(call, task, region, project_id))])


def _words(call: _Call, task: FailedTask, region: str, project_id: str) -> list[str]:
    options = {
        "cli-region": region or _("<region>"),
        "project_id": project_id or _("<project id>"),
        "server.id": task.server_id or _("<server id>"),
    }
    if call.name == "AssociateKeypair":
        options["keypair_name"] = task.keypair_name or _("<key pair>")
    if call.auth:
        options["server.auth.type"], options["server.auth.key"] = call.auth
    return ["hcloud", "KPS", call.name, *(f"--{name}={_quoted(value)}" for name, value in options.items()), "--dryrun"]


def _quoted(value: str) -> str:
    # Backslashes get double quotes of their own, because fish interprets them inside single quotes.
    return '"\\\\"'.join(map(quote, line(value).split("\\")))
