"""The commands of the vendor's tool KooCLI (`hcloud`) that repeat failed operations and delete their records.

The user copies and reviews them; the program never runs them. Each ends in `--dryrun`, so that it only prints the
request until that is removed. Where a login of the server is needed, the body of the request is written to a file with
a placeholder for the secret, which so never stands on a command line. KooCLI takes a body from the file of
`--cli-jsonInput` or from options, but not from both, and only from a file whose name ends in `.json`
(support.huaweicloud.com/hcli_faq/hcli_19_004.html, read 2026-11-26).

Text of the service only stands in quotes of a POSIX shell, and never in a comment, because an interactive shell may run
`#` as a command.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.causes import runbook_in_use
from kps_tui.triage.runbook_parser import OPERATIONS

BATCH = 10
"""The most servers that one call of BatchAssociateKeypair binds."""


def vendor_commands(tasks: Sequence[FailedTask], region: str, project_id: str, *, demo: bool = False) -> str:
    """Return comments and commands, one a line, that repeat the operations of `tasks` and then delete their records.

    A task whose operation is unknown has no command that repeats it, and one without an id of the service has no record
    that can be deleted; without any command the text is empty. It does not end in a line break, so that a shell that it
    is pasted into waits for Enter.
    """
    place = {"cli-region": line(region or _("<region>")), "project_id": line(project_id or _("<project id>"))}
    lines: list[str] = []
    for operation in OPERATIONS:
        failed = [task for task in tasks if task.operation.name == operation]
        if failed:
            lines += [*_conditions(operation, len(failed)), *_repeated(operation, failed, place)]
    ids = dict.fromkeys(line(task.task_id) for task in tasks if task.task_id and not task.has_generated_id)
    if ids:
        lines.append(_comment(_("once the cause is dealt with, delete the record; the server stays as it is")))
        lines += [_command("DeleteFailedTask", place | {"task_id": id}) for id in ids]
    return "\n".join([*_introduction(demo), *lines]) if lines else ""


def _introduction(demo: bool) -> Iterator[str]:
    yield _comment(_("review first: a command is sent only without --dryrun"))
    if demo:
        yield _comment(_("DEMO: invented task"))
    yield _comment(
        _("hcloud is KooCLI of Huawei Cloud, not the hcloud of Hetzner; on partner clouds it is named cloud")
    )


def _conditions(operation: str, count: int) -> Iterator[str]:
    """Yield comments on the preconditions of `operation` according to the vendor, and on how to meet them."""
    yield _comment(_("{operation} again; it needs:").format(operation=operation))
    for condition in runbook_in_use().procedures[operation].preconditions:
        yield _comment(f"- {_(condition)}")
    if operation == "bind" and count > 1:
        yield _comment(
            _("up to {count} running servers are bound by one call; bind a server that is shut down alone").format(
                count=BATCH
            )
        )
    if operation != "reset":
        yield _comment(_("put the secret into the file after the dry run, which would print it"))
    if operation in ("replace", "unbind"):
        yield _comment(_("the line breaks of a private key are written as backslash n in JSON"))
    if operation in ("bind", "unbind"):
        yield _comment(_("for a server that is shut down, remove auth from the file"))
    if operation in ("bind", "replace"):
        yield _comment(_("server.port is for another port of sshd than 22, on a running server only"))
    if operation != "unbind":
        yield _comment(_("server.disable_password=true closes password login; the API leaves it open otherwise"))


def _repeated(operation: str, tasks: Sequence[FailedTask], place: dict[str, str]) -> Iterator[str]:
    """Yield the commands that repeat `operation`, each different one once."""
    servers_of: dict[str, dict[str, None]] = {}
    for task in tasks:
        key_pair = "" if operation == "unbind" else line(task.keypair_name or _("<key pair>"))
        servers_of.setdefault(key_pair, {})[line(task.server_id or _("<server id>"))] = None
    if operation == "reset":
        for key_pair, ids in servers_of.items():
            for id in ids:
                yield _command("AssociateKeypair", place | {"server.id": id, "keypair_name": key_pair})
        return
    for name, body in _requests(operation, servers_of):
        text = json.dumps({"body": body}, ensure_ascii=False, separators=(",", ":"))
        # The name contains a hash of the content, so that different requests have different files.
        file = f"kps-{operation}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}.json"
        # `set -C` does not overwrite an existing file, which may hold the secret already.
        yield f'(umask 077; set -C; printf "%s\\n" {_quoted(text)} >{file})'
        yield _command(name, place, f"--cli-jsonInput={file}")


def _requests(operation: str, servers_of: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the body of each call, for server ids by key pair; one call binds several servers."""
    if operation == "bind":
        login = {"type": "password", "key": _("<root password of the server>")}
    else:
        login = {"type": "keypair", "key": _("<private key of the present key pair, PEM>")}
    size = BATCH if operation == "bind" else 1
    for key_pair, ids in servers_of.items():
        servers = [{"id": id, "auth": login} for id in ids]
        if operation == "unbind":
            yield from (("DisassociateKeypair", {"server": server}) for server in servers)
            continue
        bound = [{"keypair_name": key_pair, "server": server} for server in servers]
        for start in range(0, len(bound), size):
            batch = bound[start : start + size]
            yield ("BatchAssociateKeypair", {"batch_keypairs": batch}) if batch[1:] else ("AssociateKeypair", batch[0])


def _command(name: str, options: dict[str, str], *words: str) -> str:
    given = (f"--{option}={_quoted(value)}" for option, value in options.items())
    return " ".join(["hcloud", "KPS", name, *given, *words, "--dryrun"])


def _quoted(text: str) -> str:
    """Return `text` as one word of a POSIX shell, all of it in quotes."""
    # Backslashes get double quotes of their own, because fish interprets them inside single quotes.
    return "'" + text.replace("'", "'\"'\"'").replace("\\", "'\"\\\\\"'") + "'"


def _comment(text: str) -> str:
    """Return `text` as a comment without characters that have a meaning in a shell that runs comments."""
    words = re.sub(r"[^\w ,.:=/~，。；：、（）-]", " ", text.replace(";", ","))
    return "# " + re.sub(" +(?=[ ,，。；：、）]|$)", "", words)
