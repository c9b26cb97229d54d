"""Runs the exec plugin of an operator's kubeconfig, which answers with a token or a client certificate.

Never for a kubeconfig that came through an API: a plugin is any command.
"""

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from gyre.errors import ClusterUnreachable

LONGEST_RUN_SECONDS = 60  # a plugin may refresh a token over the network; one that waits for a person is given up
EARLY = timedelta(seconds=60)  # a credential is renewed this long before its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a plugin answered."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: datetime | None = None


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class _Answer(msgspec.Struct, frozen=True):
    status: _Status


async def run_plugin(settings: Mapping[str, Any], folder: Path) -> Credential:
    """Run the command that `exec` of a kubeconfig names and return what it answers."""
    command = _command(settings, folder)
    output = await _output(command, _environment(settings))
    try:
        status = msgspec.json.decode(output, type=_Answer).status
    except msgspec.MsgspecError as error:
        raise ClusterUnreachable(f"the exec plugin {command[0]} answered no ExecCredential: {error}") from error
    if not status.token and not (status.client_certificate_data and status.client_key_data):
        raise ClusterUnreachable(
            f"the exec plugin {command[0]} answered neither a token nor a certificate with its key"
        )
    return Credential(
        token=status.token,
        certificate=status.client_certificate_data,
        key=status.client_key_data,
        expires=status.expiration_timestamp - EARLY if status.expiration_timestamp else None,
    )


def _command(settings: Mapping[str, Any], folder: Path) -> Sequence[str]:
    program = str(settings.get("command") or "")
    if not program:
        raise ClusterUnreachable("the kubeconfig's exec names no command")
    if "/" in program and not Path(program).is_absolute():  # as kubectl: relative to the kubeconfig, not to us
        program = str(folder / program)
    return (program, *(str(argument) for argument in settings.get("args") or ()))


def _environment(settings: Mapping[str, Any]) -> Mapping[str, str]:
    asked = {"apiVersion": settings.get("apiVersion"), "kind": "ExecCredential", "spec": {"interactive": False}}
    own = {str(item["name"]): str(item["value"]) for item in settings.get("env") or ()}
    return os.environ | own | {"KUBERNETES_EXEC_INFO": msgspec.json.encode(asked).decode()}


async def _output(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
    except OSError as error:
        raise ClusterUnreachable(f"the exec plugin {command[0]} can't be run: {error}") from error
    try:
        async with asyncio.timeout(LONGEST_RUN_SECONDS):
            output, complaint = await process.communicate()
    except TimeoutError as error:
        raise ClusterUnreachable(f"the exec plugin {command[0]} ran longer than {LONGEST_RUN_SECONDS} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        words = complaint.decode(errors="replace").strip()[:2000]
        raise ClusterUnreachable(f"the exec plugin {command[0]} ended with {process.returncode}: {words}")
    return output
