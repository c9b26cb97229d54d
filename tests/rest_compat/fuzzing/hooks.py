"""What generated requests must not do, or the rest of them would find nothing: read by schemathesis in its process."""

import os
from typing import Any

import schemathesis

OWN_ID = os.environ["FUZZ_OWN_ID"]
KUBECONFIG = os.environ["FUZZ_KUBECONFIG"]
NOBODY = "3b2f1c54-9c1e-4f0e-8d6a-5b1c2d3e4f50"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Who asks stays who they are, the objects asked about stay, and a kubeconfig is one of a cluster that is there."""
    del context, kwargs
    path = case.path_parameters or {}
    if path.get("userId") == OWN_ID:
        case.path_parameters["userId"] = NOBODY
    if case.method.upper() == "DELETE" and "name" in path:
        case.path_parameters["name"] = "dashboards"
    if isinstance(case.body, dict) and str(case.body.get("kubeconfig", "")).startswith("apiVersion: v1"):
        case.body |= {"kubeconfig": KUBECONFIG, "context": None}
