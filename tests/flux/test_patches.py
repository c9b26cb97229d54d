from datetime import UTC, datetime

import pytest

from gyre.errors import NotSupported
from gyre.flux import patches
from gyre.flux.kinds import KINDS, FluxKind, by_name

AT = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
STAMP = "2026-01-31T12:00:00.123456000Z"
BY_ADA = {
    "gyre.dev/suspended-by": "ada",
    "gyre.dev/suspended-reason": None,
    "gyre.dev/suspended-at": "2026-01-31T12:00:00Z",
    "gyre.dev/suspended-until": None,
}


def known(name: str) -> FluxKind:
    found = by_name(name)
    assert found is not None
    return found


def test_reconcile_touches_only_requested_at() -> None:
    assert patches.reconcile(known("ks"), AT) == {
        "metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": STAMP}}
    }


def test_force_and_reset_carry_the_very_same_stamp() -> None:
    assert patches.reconcile(known("hr"), AT, force=True, reset=True) == {
        "metadata": {
            "annotations": {
                "reconcile.fluxcd.io/requestedAt": STAMP,
                "reconcile.fluxcd.io/forceAt": STAMP,
                "reconcile.fluxcd.io/resetAt": STAMP,
            }
        }
    }


def test_what_a_kind_cannot_do_is_refused_with_the_reason() -> None:
    with pytest.raises(NotSupported, match="An Alert is not reconciled by any controller"):
        patches.reconcile(known("alerts"), AT)
    with pytest.raises(NotSupported, match="A Kustomization cannot be forced"):
        patches.reconcile(known("ks"), AT, force=True)
    with pytest.raises(NotSupported, match="A FluxInstance has no failure counters"):
        patches.reconcile(known("fluxinstance"), AT, reset=True)
    with pytest.raises(NotSupported, match="An ExternalArtifact cannot be suspended"):
        patches.suspend(known("ea"), AT, by="ada")
    with pytest.raises(NotSupported, match="A FluxReport cannot be suspended"):
        patches.resume(known("fluxreport"), AT)


def test_which_kinds_can_be_reconciled_forced_and_reset() -> None:
    def can(**options: bool) -> set[str]:
        able = set()
        for kind in KINDS:
            try:
                patches.reconcile(kind, AT, **options)
            except NotSupported:
                continue
            able.add(kind.kind.name)
        return able

    everything = {kind.kind.name for kind in KINDS}
    assert can() == everything - {"ExternalArtifact", "Alert", "Provider"}
    assert can(force=True) == {"HelmRelease", "FluxInstance", "ResourceSetInputProvider"}
    assert can(reset=True) == {"HelmRelease"}


def test_suspend_by_spec_says_who_why_and_until_when() -> None:
    until = datetime(2026, 2, 1, tzinfo=UTC)
    assert patches.suspend(known("ks"), AT, by="ada", reason="incident 7", until=until) == {
        "metadata": {
            "annotations": {
                "gyre.dev/suspended-by": "ada",
                "gyre.dev/suspended-reason": "incident 7",
                "gyre.dev/suspended-at": "2026-01-31T12:00:00Z",
                "gyre.dev/suspended-until": "2026-02-01T00:00:00Z",
            }
        },
        "spec": {"suspend": True},
    }


def test_a_new_suspension_removes_what_an_earlier_one_said() -> None:
    assert patches.suspend(known("ks"), AT, by="ada") == {
        "metadata": {"annotations": BY_ADA},
        "spec": {"suspend": True},
    }


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("ag", "source.extensions.fluxcd.io/reconcile", "Disabled"),
        ("fluxinstance", "fluxcd.controlplane.io/reconcile", "disabled"),
        ("rset", "fluxcd.controlplane.io/reconcile", "disabled"),
        ("rsip", "fluxcd.controlplane.io/reconcile", "disabled"),
    ],
)
def test_kinds_without_spec_suspend_are_switched_by_their_annotation(kind: str, key: str, value: str) -> None:
    assert patches.suspend(known(kind), AT, by="ada") == {"metadata": {"annotations": {key: value, **BY_ADA}}}
    gone = dict.fromkeys(BY_ADA)
    asked = {"reconcile.fluxcd.io/requestedAt": STAMP}
    assert patches.resume(known(kind), AT) == {"metadata": {"annotations": {key: None, **gone, **asked}}}


def test_resume_removes_the_field_and_asks_to_reconcile() -> None:
    assert patches.resume(known("hr"), AT) == {
        "metadata": {
            "annotations": {
                "gyre.dev/suspended-by": None,
                "gyre.dev/suspended-at": None,
                "gyre.dev/suspended-reason": None,
                "gyre.dev/suspended-until": None,
                "reconcile.fluxcd.io/requestedAt": STAMP,
            }
        },
        "spec": {"suspend": None},
    }


def test_resume_asks_nothing_of_kinds_nobody_reconciles() -> None:
    assert patches.resume(known("provider"), AT) == {
        "metadata": {
            "annotations": {
                "gyre.dev/suspended-by": None,
                "gyre.dev/suspended-at": None,
                "gyre.dev/suspended-reason": None,
                "gyre.dev/suspended-until": None,
            }
        },
        "spec": {"suspend": None},
    }


def test_restart_changes_only_the_pod_template() -> None:
    assert patches.restart(AT) == {
        "spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": STAMP}}}}
    }
