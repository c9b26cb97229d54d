"""Where a cluster's API is, and the credentials for it: from the operator's kubeconfig or the account of Gyre's Pod.

Both are trusted whole, exec plugins and files included; what comes through an API is gyre.kube.uploaded's.
"""

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import yaml
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config.config_exception import ConfigException
from kubernetes.aio.config.incluster_config import InClusterConfigLoader
from kubernetes.aio.config.kube_config import FileOrData, KubeConfigLoader, KubeConfigMerger

from gyre.errors import BadSettings, ClusterUnreachable
from gyre.kube.plugins import run_plugin

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
REREAD_SECONDS = 60  # files of tokens and certificates are renewed under us; kubelet does so long before they end
PEM_FILES = ("ssl_ca_cert", "cert_file", "key_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What was read at one moment: the library's configuration, and how long it can be relied on."""

    configuration: Configuration
    expires: datetime | None = None
    fingerprint: str = field(default="")

    @property
    def authorization(self) -> str:
        """The header that says who Gyre is; empty with a client certificate."""
        return str(self.configuration.api_key.get("BearerToken", ""))

    def connections(self) -> RESTClientObject:
        """What connections are made with; it reads certificates, which takes 19 ms."""
        return RESTClientObject(self.configuration)


class Access(Protocol):
    """A way to a cluster, whose credentials can be read again at any time."""

    async def read(self) -> Credentials:
        """Read everything anew: files, and whatever an exec plugin says."""
        ...


@dataclass(frozen=True, slots=True)
class FromKubeconfig:
    """The operator's kubeconfig: a path (or several, as in KUBECONFIG), and one of its contexts."""

    paths: str
    context: str | None = None

    async def read(self) -> Credentials:
        """Read the file, its tokens and certificates, and run its plugin if it has one."""
        merged = await asyncio.to_thread(self._merged)
        configuration = Configuration()
        try:
            loader = _Loader(merged, self.context)
            await loader.load_into(configuration)
        except (ConfigException, OSError, ValueError, KeyError) as error:
            raise ClusterUnreachable(f"the kubeconfig {self.paths} can't be used: {error}") from error
        return await asyncio.to_thread(_credentials, configuration, loader.expires)

    def _merged(self) -> Any:
        try:
            merged = KubeConfigMerger(self.paths).config
        except (OSError, yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
            raise ClusterUnreachable(f"the kubeconfig {self.paths} can't be read: {error}") from error
        if merged is None:
            raise ClusterUnreachable(f"there is no kubeconfig at {self.paths}")
        return merged


@dataclass(frozen=True, slots=True)
class InCluster:
    """The service account of the Pod that Gyre runs in."""

    folder: Path = ACCOUNT

    async def read(self) -> Credentials:
        """Read the token, which the kubelet renews."""
        configuration = Configuration()
        loader = InClusterConfigLoader(
            token_filename=str(self.folder / "token"),
            cert_filename=str(self.folder / "ca.crt"),
            try_refresh_token=False,
        )
        try:
            await asyncio.to_thread(loader.load_and_set, configuration)
        except (ConfigException, OSError) as error:
            raise ClusterUnreachable(f"the Pod's service account can't be used: {error}") from error
        configuration.api_key["BearerToken"] = f"Bearer {loader.token.split(maxsplit=1)[-1].strip()}"
        return await asyncio.to_thread(_credentials, configuration, None)


def from_kubeconfig(path: Path | str | None = None, context: str | None = None) -> FromKubeconfig:
    """Use this kubeconfig, or those that KUBECONFIG names, or the one in the home folder."""
    return FromKubeconfig(str(path or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config"), context)


def in_cluster() -> InCluster:
    """Use the account of the Pod; refuse at once where there is none."""
    if not os.environ.get("KUBERNETES_SERVICE_HOST"):
        raise BadSettings("KUBERNETES_SERVICE_HOST is not set: Gyre does not run in a Pod here")
    return InCluster()


class _Loader(KubeConfigLoader):
    """The library's loader, but a plugin that fails says so, and a token file is read as kubectl reads it."""

    def __init__(self, merged: Any, context: str | None) -> None:
        super().__init__(merged, active_context=context, config_base_path=None)  # type: ignore[no-untyped-call]  # as it is
        self.expires: datetime | None = None

    async def load_into(self, configuration: Configuration) -> None:
        """Read everything and put it there."""
        await self.load_and_set(configuration)  # type: ignore[no-untyped-call]  # the library types half of itself

    async def load_from_exec_plugin(self) -> bool:
        user: Any = self._user
        credential = await run_plugin(user["exec"].value, _folder_of(user))
        self.expires = credential.expires
        if credential.token:
            self.token = f"Bearer {credential.token}"
        if credential.certificate:
            for name, pem in (("cert_file", credential.certificate), ("key_file", credential.key)):
                holder = FileOrData({"pem-data": pem}, None, data_key_name="pem-data", base64_file_content=False)
                setattr(self, name, holder.as_file())
        return True

    def _load_user_token(self) -> bool:
        user: Any = self._user
        path = user.safe_get("tokenFile")
        token = (_folder_of(user) / path).read_text() if path else str(user.safe_get("token") or "")
        if token.strip():
            self.token = f"Bearer {token.strip()}"
        return bool(token.strip())


def _folder_of(node: Any) -> Path:
    """The folder of the file that this part of a kubeconfig stands in: paths in it start there."""
    return Path(node.path or "").parent.absolute()


def _credentials(configuration: Configuration, expires: datetime | None) -> Credentials:
    # Go, and so kubectl, accepts certificate authorities that lack key identifiers; Python 3.13 would not.
    configuration.disable_strict_ssl_verification = True
    return Credentials(configuration=configuration, expires=expires, fingerprint=_fingerprint(configuration))


def _fingerprint(configuration: Configuration) -> str:
    """What a connection is made of: when it changes, new connections have to be made."""
    plain = (configuration.host, configuration.verify_ssl, configuration.tls_server_name, configuration.proxy)
    digest = hashlib.sha256(repr(plain).encode())
    for name in PEM_FILES:
        path = getattr(configuration, name)
        digest.update(Path(path).read_bytes() if path else b"-")
    return digest.hexdigest()


def moment_has_come(expires: datetime | None, now: datetime | None = None) -> bool:
    """Whether a credential that ends at this moment is not to be used any more."""
    return expires is not None and expires <= (now or datetime.now(UTC))
