"""The operation of a failed task once more, as a command of the vendor's tool KooCLI (`hcloud`).

For a person to review: it ends in `--dryrun`, so that as it is it only prints the request, and where a secret belongs
stands a placeholder. It is meant for a POSIX shell.
"""

from shlex import quote
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line

_PASSWORD = ("password", _("<root password of the server>"))
_PRIVATE_KEY = ("keypair", _("<private key of the present key pair, PEM>"))


class _Call(NamedTuple):
    """What the service is asked for."""

    name: str
    auth: tuple[str, str] | None
    """Its type, and what stands for the secret."""
    state: str
    """What the server must be. Words only: a shell that knows no comments on its command line would read signs."""


_STOPPED_WITHOUT = _("a server that is shut down takes neither of the --server.auth options")
_CALLS = {
    "bind": _Call("AssociateKeypair", _PASSWORD, _STOPPED_WITHOUT),
    "replace": _Call("AssociateKeypair", _PRIVATE_KEY, _("the server must be running")),
    "reset": _Call("AssociateKeypair", None, _("the server must be shut down")),
    "unbind": _Call("DisassociateKeypair", _PRIVATE_KEY, _STOPPED_WITHOUT),
}


def vendor_command(task: FailedTask, region: str, project_id: str, *, demo: bool = False) -> str:
    """Return comments and, on one line, the command; empty for an operation that is none of the four.

    It ends without a line break: pasted into a shell it waits for Enter.
    """
    call = _CALLS.get(task.operation.name)
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
    # A backslash stands in quotes of its own, for fish gives it a meaning between single ones.
    return '"\\\\"'.join(map(quote, line(value).split("\\")))
