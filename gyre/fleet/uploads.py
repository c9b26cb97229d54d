"""Reads the text of an uploaded kubeconfig, and the name that its cluster is to have.

What is accepted of it is gyre.kube.uploaded's.
"""

import re
from typing import Final

from gyre.errors import Invalid, TooLarge
from gyre.flux.drafts import read_yaml
from gyre.kube.uploaded import FromUpload, accept
from gyre.terms.naming import ClusterName

LARGEST_KUBECONFIG: Final = 512 * 1024
"""One cluster takes about six kilobytes; the file of someone with fifty of them fits."""

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_LIKE_AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def name_of_cluster(text: str) -> ClusterName:
    """The name, or Invalid. One that looks like an id is none: clusters are found by either."""
    if not _NAME.fullmatch(text) or _LIKE_AN_ID.fullmatch(text):
        raise Invalid(
            "The name of a cluster is 1 to 63 letters, digits and . _ - and begins and ends with a letter or digit; "
            "it does not look like an id.",
            details={"field": "name", "path": ["name"]},
        )
    return ClusterName(text)


def read_kubeconfig(text: str, context: str | None, *, local: bool) -> FromUpload:
    """The way to the cluster of this context; Invalid says what is refused, and never what stands there."""
    if len(text) > LARGEST_KUBECONFIG:
        raise TooLarge(f"A kubeconfig has at most {LARGEST_KUBECONFIG} bytes.")
    try:
        document = read_yaml(text)
    except Invalid as wrong:
        where = {name: wrong.details[name] for name in ("line", "column") if name in wrong.details}
        place = f" (line {where['line']}, column {where['column']})" if where else ""
        problem = str(wrong.details.get("problem", "syntax"))
        raise Invalid(
            f"The kubeconfig can't be read as YAML: {_SAID.get(problem, problem)}{place}.",
            details={"path": ["kubeconfig"], "problem": problem, **where},
        ) from None  # its words may quote what stands there
    access = FromUpload(accept(document, context), local=local)
    access.check()
    return access


_SAID: Final = {
    "alias": "an alias stands for nothing",
    "depth": "it is nested too deeply",
    "documents": "there is more than one document",
    "duplicateKey": "a key is there twice",
    "empty": "it is empty",
    "notAnObject": "it is no object",
    "size": "it has too many values, those that aliases repeat included",
    "syntax": "its syntax is wrong",
    "tag": "it has tags",
}
