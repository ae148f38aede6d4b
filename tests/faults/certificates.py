"""Valid and invalid certificates, generated with `openssl` on demand."""

import ssl
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

NAMES = "IP:127.0.0.1,DNS:127.1,DNS:kms.faults.example,DNS:kms.faults.myhuaweicloud.com"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose files are in `folder`."""

    folder: Path

    @property
    def bundle(self) -> Path:
        """The value for `--ca-bundle`."""
        return self.folder / "ca.pem"

    def server(self, names: str = NAMES, days: int = 2) -> ssl.SSLContext:
        """Return the TLS context of a server with a certificate from this authority."""
        name = f"{abs(hash((names, days)))}"
        key, asked, signed = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        subject = ("-subj", "/CN=server", "-addext", f"subjectAltName={names}")
        _openssl("req", *_KEY, "-keyout", key, "-out", asked, *subject)
        by = ("-CA", self.bundle, "-CAkey", self.folder / "ca.key", "-CAcreateserial")
        _openssl("x509", "-req", "-in", asked, *by, "-days", days, "-copy_extensions", "copyall", "-out", signed)
        return _context(signed, key)


def authority(folder: Path) -> Authority:
    """Create a certificate authority."""
    folder.mkdir(parents=True, exist_ok=True)
    subject = ("-subj", "/CN=ca", "-days", 2)
    _openssl("req", "-x509", *_KEY, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", *subject)
    return Authority(folder)


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the TLS context of a server with a self-signed certificate."""
    key, signed = folder / "self.key", folder / "self.pem"
    subject = ("-subj", "/CN=server", "-addext", f"subjectAltName={NAMES}", "-days", 2)
    _openssl("req", "-x509", *_KEY, "-keyout", key, "-out", signed, *subject)
    return _context(signed, key)


def old(context: ssl.SSLContext) -> ssl.SSLContext:
    """Limit a server to TLS 1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _context(signed: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return context


def _openssl(*arguments: str | int | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
