"""The program reads the cloud and changes nothing there: what it can send, and from where, as its source says.

What it does send is checked at the server, by `test_canary.py`, and on the screen, by `fuzz/test_monkey.py`.
"""

import ast
from collections.abc import Iterator
from itertools import pairwise

from kps_tui.kps.iam import TOKENS
from tests.test_architecture import PACKAGE

METHODS = {"POST", "PUT", "PATCH", "DELETE"}
WAYS_OUT = {"httpx", "socket", "http.client", "urllib.request", "requests", "ftplib", "smtplib", "webbrowser"}
"""Modules that open connections."""


def trees(below: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules below a folder of the package by their path, without those of the demo service."""
    for path in sorted((PACKAGE / below).rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith("demo/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_only_a_token_is_asked_for_by_anything_but_get() -> None:
    sent: list[tuple[str, str, str]] = []
    named: list[tuple[str, str]] = []
    for name, tree in trees("kps"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in METHODS:
                named.append((name, node.value))
            if isinstance(node, ast.Call):
                sent += [
                    (name, method.value, ast.unparse(target))
                    for method, target in pairwise(node.args)
                    if isinstance(method, ast.Constant) and method.value in METHODS
                ]
                called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                assert called.upper() not in METHODS, f"{name}:{node.lineno}"
    # The second one asks the machine's own metadata service for a session.
    assert sent == [("kps/iam.py", "POST", "TOKENS"), ("kps/metadata.py", "PUT", "_TOKEN_PATH")]
    assert named == [place[:2] for place in sent]
    assert TOKENS == "/v3/auth/tokens"


def test_only_one_module_opens_connections() -> None:
    found = {
        (name, imported)
        for name, tree in trees()
        for node in ast.walk(tree)
        for imported in _imported(node)
        if imported in WAYS_OUT
    }
    assert found == {("kps/transport.py", "httpx"), ("doctor/network.py", "socket")}
    doctor = dict(trees("doctor"))["doctor/network.py"]
    used = {node.attr for node in ast.walk(doctor) if isinstance(node, ast.Attribute) and _is_named(node, "socket")}
    assert used == {"getaddrinfo", "SOCK_STREAM"}, "it only looks up names"


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return []


def _is_named(node: ast.Attribute, name: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == name
