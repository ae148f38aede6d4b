"""The certificate authorities that servers are verified against, and the setting or variable that names them.

OpenSSL reads `SSL_CERT_FILE` and `SSL_CERT_DIR` itself, each in place of a path that was set when it was built, and
reports no missing file. Only `--ca-bundle` replaces both.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kps_tui.files import reason
from kps_tui.i18n import _
from kps_tui.problems import NextStep
from kps_tui.sanitize import line

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
"""The name of a certificate in a folder that OpenSSL can read: its hash."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """One file or folder of certificates."""

    path: str
    source: str
    """What names it: the CA bundle of the settings, or a variable; empty for the default of the system."""
    problem: str = ""
    """Why no certificate can be read from it; empty if one can."""

    def __str__(self) -> str:
        shown = line(self.path, 200)
        return f"{self.source} “{shown}”" if self.source else shown


def authorities(ca_bundle: Path | None = None, environ: Mapping[str, str] = os.environ) -> tuple[Authorities, ...]:
    """Return the files and folders that certificates are read from. Reads them."""
    if ca_bundle is not None:
        return (Authorities(str(ca_bundle), _("the CA bundle"), _problem_of_file(str(ca_bundle))),)
    default = ssl.get_default_verify_paths()
    # For OpenSSL an empty variable is set, and names no file.
    file, folder = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    file, file_source = (default.openssl_cafile, "") if file is None else (file, "SSL_CERT_FILE")
    folder, folder_source = (default.openssl_capath, "") if folder is None else (folder, "SSL_CERT_DIR")
    return (
        Authorities(file, file_source, _problem_of_file(file)),
        Authorities(folder, folder_source, _problem_of_folders(folder)),
    )


def advice_on_authorities(ca_bundle: Path | None = None, environ: Mapping[str, str] = os.environ) -> NextStep | str:
    """Return what to do about a certificate of an unknown authority."""
    found = authorities(ca_bundle, environ)
    named = [one for one in found if one.source]
    for one in named:
        if one.problem:
            return _("{authorities}: {problem}; fix or unset it").format(authorities=one, problem=one.problem)
    if ca_bundle is None and all(one.problem for one in found):
        return _("this machine has no CA certificates ({paths}): install ca-certificates").format(
            paths=", ".join(map(str, found))
        )
    used = _("it was checked against {paths}").format(
        paths=", ".join(str(one) for one in (named or found) if not one.problem)
    )
    return NextStep(
        _("for a company CA, pass its PEM file with --ca-bundle; {used}").format(used=used),
        _("for a company CA, restart with KPS_TUI_CA_BUNDLE set to its PEM file; {used}").format(used=used),
    )


def _problem_of_file(path: str) -> str:
    if not path:
        return _("the file does not exist")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return _("it holds no certificate")
    except (OSError, ValueError) as error:
        return line(reason(error), 120)
    return "" if context.cert_store_stats()["x509"] else _("it holds no certificate")


def _problem_of_folders(paths: str) -> str:
    """Return why no certificate can be read from `paths`, one or more folders separated by colons."""
    problem = _("the folder does not exist")
    for path in filter(None, paths.split(os.pathsep)):
        try:
            if any(_HASHED.fullmatch(file.name) for file in Path(path).iterdir()):
                return ""
            problem = _("it holds no certificate named by its hash (openssl rehash)")
        except (OSError, ValueError) as error:
            problem = line(reason(error), 120)
    return problem
