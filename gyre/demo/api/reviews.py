"""Who am I and may I: the reviews a client asks of itself.

Whoever holds the token may do everything here.
"""

from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import refusals
from gyre.demo.api.answers import json_answer
from gyre.demo.api.requests import manifest_of
from gyre.demo.api.serving import GROUPS, USER
from gyre.demo.resources import Manifest

AUTHORIZATION = "authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"
REVIEWS = {
    (AUTHORIZATION, "selfsubjectaccessreviews"): "SelfSubjectAccessReview",
    (AUTHORIZATION, "selfsubjectrulesreviews"): "SelfSubjectRulesReview",
    (AUTHENTICATION, "selfsubjectreviews"): "SelfSubjectReview",
}
ALLOWED = {"allowed": True, "reason": "whoever holds the token of the embedded cluster may do everything"}
RULES: Manifest = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}


async def review(request: Request) -> Response:
    """The review with its answer as status."""
    group, plural = request.path_params["group"], request.path_params["plural"]
    kind = REVIEWS.get((group, plural))
    if kind is None:
        raise refusals.no_such_path()
    manifest, _ = await manifest_of(request)
    statuses: dict[str, Manifest] = {
        "SelfSubjectAccessReview": ALLOWED,
        "SelfSubjectRulesReview": RULES,
        "SelfSubjectReview": {"userInfo": {"username": USER, "groups": list(GROUPS)}},
    }
    answer = {"metadata": {"creationTimestamp": None}, **manifest, "status": statuses[kind]}
    return json_answer({**answer, "kind": kind, "apiVersion": f"{group}/v1"}, 201)
