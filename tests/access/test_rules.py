"""What may stand in a rule, and what is said of what may not."""

import pytest

from gyre.access.rules import rule_of
from gyre.errors import Invalid
from gyre.terms.people import Rule


def written(
    resources: tuple[str, ...] = ("*",), namespaces: tuple[str, ...] = ("*",), actions: tuple[str, ...] = ("*",)
) -> Rule:
    return rule_of("team-a", resources=resources, namespaces=namespaces, actions=actions)


def test_a_rule_is_kept_in_lower_case_without_repetition() -> None:
    assert written(("Kustomizations", "kustomizations", "pods"), ("team-**",), ("View",)) == Rule(
        policy="team-a", resources=("kustomizations", "pods"), namespaces=("team-*",), actions=("view",)
    )


@pytest.mark.parametrize(
    ("field", "names", "message"),
    [
        (
            "resources",
            ("kustomization",),
            "'kustomization' is not a resource that a rule can name; did you mean kustomizations?",
        ),
        (
            "resources",
            ("xyz",),
            "'xyz' is not a resource that a rule can name; write its plural in lower case, or *",
        ),
        ("actions", ("suspnd",), "'suspnd' is not an action that a rule can name; did you mean suspend?"),
        (
            "actions",
            ("fly",),
            (
                "'fly' is not an action that a rule can name; it is one of "
                "view, create, edit, delete, reconcile, suspend, logs, restart, or *"
            ),
        ),
        (
            "namespaces",
            ("Team A",),
            "'Team A' is not a namespace: write a name, or a pattern with * and ? such as team-*",
        ),
        (
            "namespaces",
            ("team-[ab]",),
            "'team-[ab]' is not a namespace: write a name, or a pattern with * and ? such as team-*",
        ),
        ("namespaces", (), "a rule needs at least one of namespaces; * stands for all"),
        ("actions", ("view",) * 101, "a rule takes at most 100 actions"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_what_is_near(
    field: str, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        written(**{field: names})
    assert refused.value.message == message
    assert refused.value.details == {"field": field}
