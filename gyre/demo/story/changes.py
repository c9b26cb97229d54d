"""What people changed since they first applied it: who suspended what and why, and a setting that proved too small."""

from gyre.demo.resources import Manifest
from gyre.demo.story.manifests import suspended

GENERATOR_OFF = {"source.extensions.fluxcd.io/reconcile": "Disabled"}

Patch = tuple[str, str, str, Manifest]
"""Kind, namespace, name and merge patch."""


def _suspend(who: str, why: str) -> Manifest:
    return {"metadata": {"annotations": suspended(who, why)}, "spec": {"suspend": True}}


CHANGES: tuple[tuple[float, Patch], ...] = (
    (
        6.0,
        (
            "HelmRelease",
            "search",
            "opensearch",
            _suspend("tomasz@acme.example", "Index rebuild on Saturday, do not restart"),
        ),
    ),
    (
        3.2,
        (
            "Kustomization",
            "databases",
            "postgres-backups",
            _suspend("priya@acme.example", "Restore drill until the new bucket is verified"),
        ),
    ),
    (
        1.9,
        ("HelmRelease", "monitoring", "loki", {"spec": {"values": {"resources": {"limits": {"memory": "256Mi"}}}}}),
    ),
    (
        1.1,
        (
            "Kustomization",
            "data-platform",
            "notebooks",
            _suspend("mei@acme.example", "GPU nodes are out for maintenance"),
        ),
    ),
    (
        0.4,
        (
            "ArtifactGenerator",
            "recommendations",
            "experiments",
            {
                "metadata": {
                    "annotations": GENERATOR_OFF
                    | suspended("jonas@acme.example", "Waiting for the review of the new ranking")
                }
            },
        ),
    ),
)
