"""Receiver, as notification-controller gives it its path."""

import base64
import hashlib

from gyre.demo.life.conditions import READY, RECONCILING, STALLED
from gyre.demo.life.durations import go, seconds
from gyre.demo.life.steps import Steps, Work

RETRY_SECONDS = 30.0


def reconcile(work: Work) -> Steps:
    """One reconciliation of a receiver."""
    if work.deleting:
        yield work.let_go()
        return
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    if work.spec.get("suspend"):
        return
    interval = seconds(work.spec.get("interval"), 600)
    if work.changed or work.requested:
        work.progress("Reconciliation in progress", drift=False)
        yield work.step(0.3)
    token = _token(work)
    if isinstance(token, Missing):
        work.mark(READY, "False", "TokenNotFound", token.message)
        work.reconciling("Reconciliation in progress", "ProgressingWithRetry")
        work.answer_request()
        work.tell("Failed", token.message, warning=True)
        yield work.step(again_in=RETRY_SECONDS)
        return
    path = f"/hook/{hashlib.sha256(f'{token}{work.name}{work.namespace}'.encode()).hexdigest()}"
    work.status["webhookPath"] = path
    work.drop(RECONCILING, STALLED)
    work.mark(READY, "True", "Succeeded", f"Receiver initialized for path: {path}")
    work.observe()
    work.answer_request()
    work.tell("Succeeded", f"Reconciliation finished, next run in {go(interval)}")
    yield work.step(again_in=interval)


class Missing:
    """There is no token to be had; the message says why."""

    def __init__(self, message: str) -> None:
        self.message = message


def _token(work: Work) -> str | Missing:
    name = (work.spec.get("secretRef") or {}).get("name", "")
    secret = work.world.get("Secret", work.namespace, name)
    if secret is None:
        why = f'secrets "{name}" not found'
        return Missing(f"unable to read token from secret '{work.namespace}/{name}' error: {why}")
    if "token" not in (secret.get("data") or {}):
        return Missing(f"invalid '{work.namespace}/{name}' secret data: required fields 'token'")
    return base64.b64decode(secret["data"]["token"]).decode(errors="replace")
