"""What is accepted of an uploaded kubeconfig, field by field: nothing that runs, names a file or trusts anyone.

How its text is read is gyre.flux.drafts'; where it may lead to is gyre.kube.guarding's. What the operator gives from
outside is trusted whole, and gyre.kube.access's.
"""

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import aiohttp
import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject

from gyre.errors import Invalid
from gyre.kube.access import Credentials
from gyre.kube.guarding import guarded_socket, refusal, why_refused

LONGEST_ADDRESS: Final = 2_048
LONGEST_TOKEN: Final = 64 * 1024
LONGEST_NAME: Final = 253
MOST_NAMED: Final = 20
"""Contexts or refused fields that a message names."""

OF_A_CONTEXT: Final = ("cluster", "user", "namespace")
OF_A_CLUSTER: Final = ("server", "certificate-authority-data", "tls-server-name")
OF_A_USER: Final = ("token", "client-certificate-data", "client-key-data")
WHY_REFUSED: Final[Mapping[str, str]] = {
    "auth-provider": "it runs a program",
    "certificate-authority": "it names a file of the machine Gyre runs on",
    "client-certificate": "it names a file of the machine Gyre runs on",
    "client-key": "it names a file of the machine Gyre runs on",
    "exec": "it runs a program",
    "insecure-skip-tls-verify": "whoever stands between could be the cluster",
    "password": "Kubernetes does not take it any more",
    "proxy-url": "it leads elsewhere",
    "tokenFile": "it names a file of the machine Gyre runs on",
    "username": "Kubernetes does not take it any more",
}
_TOKEN = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What was accepted: an address, whom to trust there, and who Gyre is. PEM texts are decoded."""

    server: str
    context: str
    authority: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    tls_server_name: str = ""

    @property
    def host(self) -> str:
        """Host and port, as they may be shown."""
        return urlsplit(self.server).netloc

    def dump(self) -> bytes:
        """All of it, to be sealed."""
        return msgspec.json.encode(self)


def load(dumped: bytes) -> Upload:
    """What `dump` gave."""
    return msgspec.json.decode(dumped, type=Upload)


def accept(document: Mapping[str, Any], context: str | None) -> Upload:
    """One context of a kubeconfig, by default its current one; Invalid names each field that is refused."""
    name = context or _current(document)
    place, chosen = _entry(document, "contexts", "context", name)
    refused = _refused(place, chosen, OF_A_CONTEXT)
    cluster_place, cluster = _entry(document, "clusters", "cluster", _text(chosen, "cluster", place))
    user_place, user = _entry(document, "users", "user", _text(chosen, "user", place))
    refused |= _refused(cluster_place, cluster, OF_A_CLUSTER) | _refused(user_place, user, OF_A_USER)
    if refused:
        named = dict(list(refused.items())[:MOST_NAMED])
        raise Invalid(
            "An uploaded kubeconfig must not have " + "; nor ".join(f"{path}: {why}" for path, why in named.items()),
            details=_details(named),
        )
    upload = Upload(
        server=_server(cluster, f"{cluster_place}.server"),
        context=name,
        authority=_certificates(cluster, "certificate-authority-data", cluster_place),
        token=_token(user, user_place),
        certificate=_certificates(user, "client-certificate-data", user_place),
        key=_key(user, user_place),
        tls_server_name=_tls_name(cluster, cluster_place),
    )
    if bool(upload.certificate) != bool(upload.key):
        _wrong(user_place, "client-certificate-data and client-key-data go together")
    if upload.key and not _belong_together(upload.certificate, upload.key):
        _wrong(f"{user_place}.client-key-data", "it is not the key of the certificate")
    if not upload.token and not upload.key:
        _wrong(user_place, "there is neither a token nor a client certificate with its key")
    return upload


@dataclass(frozen=True, slots=True)
class FromUpload:
    """The way to an uploaded cluster; `local` is whether it may lead to this machine and its link."""

    upload: Upload
    local: bool = False

    def check(self) -> None:
        """Refuse an address that is written out and nobody may lead to; names are looked at when connecting."""
        host = urlsplit(self.upload.server).hostname or ""
        try:
            what = "" if self.local else why_refused(str(ip_address(host)))
        except ValueError:
            return
        if what:
            raise Invalid(
                f"The server in the kubeconfig is refused: {refusal(host, what)}.",
                details=_details({"server": what}),
            )

    async def read(self) -> Credentials:
        """Always the same: what was uploaded."""
        return await asyncio.to_thread(self._credentials)

    def _credentials(self) -> Credentials:
        upload = self.upload
        configuration = Configuration(host=upload.server)
        configuration.ca_cert_data = upload.authority or None
        configuration.tls_server_name = upload.tls_server_name or None
        configuration.client_session_kwargs = {"trust_env": False}  # no proxy and no password file of Gyre's own
        configuration.disable_strict_ssl_verification = True  # as for the operator's, see gyre.kube.access
        if upload.token:
            configuration.api_key["BearerToken"] = f"Bearer {upload.token}"
        fingerprint = hashlib.sha256(repr(self.local).encode() + upload.dump()).hexdigest()
        return _UploadedCredentials(
            configuration=configuration, fingerprint=fingerprint, upload=upload, local=self.local
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _UploadedCredentials(Credentials):
    upload: Upload
    local: bool

    def connections(self) -> RESTClientObject:
        """As always, but guarded; the key lies in a file only as long as it takes to read it there."""
        if not self.upload.key:
            return _Connections(self.configuration, local=self.local)
        with TemporaryDirectory(prefix="gyre-") as folder:
            paths = (Path(folder) / "certificate", Path(folder) / "key")
            for path, pem in zip(paths, (self.upload.certificate, self.upload.key), strict=True):
                path.touch(mode=0o600)
                path.write_text(pem)
            self.configuration.cert_file, self.configuration.key_file = map(str, paths)
            return _Connections(self.configuration, local=self.local)


class _Connections(RESTClientObject):
    """Connections that begin only where an upload may lead to."""

    def __init__(self, configuration: Configuration, *, local: bool) -> None:
        super().__init__(configuration)
        self._local = local

    def _create_connector(self) -> aiohttp.TCPConnector:
        guard = None if self._local else guarded_socket
        return aiohttp.TCPConnector(limit=self.maxsize, ssl=self.ssl_context, socket_factory=guard)


def _current(document: Mapping[str, Any]) -> str:
    current = document.get("current-context")
    if isinstance(current, str) and current:
        return current
    raise Invalid(
        "The kubeconfig has no current-context: say which context is meant." + _there_are(document, "contexts"),
        details={"path": ["context"]},
    )


def _there_are(document: Mapping[str, Any], part: str) -> str:
    entries = document.get(part)
    names = [str(one.get("name")) for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    more = " and more" if len(names) > MOST_NAMED else ""
    return f" There are: {', '.join(name[:LONGEST_NAME] for name in names[:MOST_NAMED])}{more}." if names else ""


def _entry(document: Mapping[str, Any], part: str, inside: str, name: str) -> tuple[str, Mapping[str, Any]]:
    """Where the one entry of this name is, and what it holds."""
    entries = document.get(part)
    found = [
        (f"{part}[{place}].{inside}", one.get(inside))
        for place, one in enumerate(entries if isinstance(entries, list) else [])
        if isinstance(one, dict) and one.get("name") == name
    ]
    path = "context" if part == "contexts" else "kubeconfig"
    if len(found) != 1:
        many = "several entries" if found else "no entry"
        more = "" if found or part != "contexts" else _there_are(document, part)
        message = f"The kubeconfig has {many} named {name[:LONGEST_NAME]!r} in {part}.{more}"
        raise Invalid(message, details={"path": [path]})
    place, holds = found[0]
    if not isinstance(holds, dict):
        _wrong(place, "it should be an object")
    return place, holds


def _refused(place: str, holds: Mapping[str, Any], accepted: tuple[str, ...]) -> dict[str, str]:
    """The fields that are set and not accepted, each with the reason; what is empty is as good as not there."""
    return {
        f"{place}.{str(name)[:LONGEST_NAME]}": WHY_REFUSED.get(name, "it is not among what Gyre takes from an upload")
        for name, value in holds.items()
        if name not in accepted and value not in (None, "", False, [], {})
    }


def _text(holds: Mapping[str, Any], name: str, place: str) -> str:
    value = holds.get(name)
    if not isinstance(value, str) or not value:
        _wrong(f"{place}.{name}", "it should be a text")
    return value


def _server(cluster: Mapping[str, Any], place: str) -> str:
    text = cluster.get("server")
    if not isinstance(text, str) or len(text) > LONGEST_ADDRESS or not _TOKEN.fullmatch(text):
        _wrong(place, "it should be an address as https://host:port")
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError:
        _wrong(place, "it should be an address as https://host:port")
    if url.scheme != "https":
        _wrong(place, "it should begin with https://")
    if not _HOST.fullmatch(host) or "@" in url.netloc or url.query or url.fragment or "%" in url.netloc:
        _wrong(place, "it should be an address as https://host:port, with nothing before the host or after the path")
    return text.rstrip("/")


def _tls_name(cluster: Mapping[str, Any], place: str) -> str:
    name = cluster.get("tls-server-name")
    if name in (None, ""):
        return ""
    if not isinstance(name, str) or not _HOST.fullmatch(name):
        _wrong(f"{place}.tls-server-name", "it should be the name of a host")
    return name


def _token(user: Mapping[str, Any], place: str) -> str:
    token = user.get("token")
    if token in (None, ""):
        return ""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token.strip()):
        _wrong(f"{place}.token", "it should be a text of letters, digits and signs, without blanks")
    return token.strip()


def _decoded(holds: Mapping[str, Any], name: str, place: str) -> bytes:
    value = holds.get(name)
    if value in (None, ""):
        return b""
    try:
        return base64.b64decode("".join(str(value).split()) if isinstance(value, str) else "*", validate=True)
    except (binascii.Error, ValueError):
        _wrong(f"{place}.{name}", "it should be base64 of a PEM text")


def _certificates(holds: Mapping[str, Any], name: str, place: str) -> str:
    pem = _decoded(holds, name, place)
    try:
        if pem and x509.load_pem_x509_certificates(pem):
            return pem.decode("ascii")
    except ValueError:
        _wrong(f"{place}.{name}", "it should be base64 of certificates in PEM")
    return ""


def _key(user: Mapping[str, Any], place: str) -> str:
    pem = _decoded(user, "client-key-data", place)
    if not pem:
        return ""
    try:
        load_pem_private_key(pem, password=None)
    except TypeError:
        _wrong(f"{place}.client-key-data", "it is encrypted, and Gyre has no password for it")
    except (ValueError, UnsupportedAlgorithm):
        _wrong(f"{place}.client-key-data", "it should be base64 of a private key in PEM")
    return pem.decode("ascii", "replace")


def _belong_together(certificate: str, key: str) -> bool:
    public = x509.load_pem_x509_certificates(certificate.encode())[0].public_key()
    return public == load_pem_private_key(key.encode(), password=None).public_key()


def _wrong(place: str, why: str) -> NoReturn:
    """What is said of a field; never what it holds."""
    raise Invalid(
        f"The kubeconfig can't be used: {place}: {why}.",
        details=_details({place: why}),
    ) from None


def _details(causes: Mapping[str, str]) -> dict[str, object]:
    told = [{"field": place, "message": why, "reason": "Refused"} for place, why in causes.items()]
    return {"path": ["kubeconfig"], "causes": told}
