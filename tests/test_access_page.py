"""docs/access.md names every call with Gyre's own rights, with its reason, and what each permission is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gyre.flux.kinds import GROUPS
from tests.support.access_page import FLUX, OwnCall, about, granted, own_calls, permissions, roles

ROOT = Path(__file__).parent.parent
KUBE = ROOT / "gyre" / "kube"
OUTSIDE = sorted(
    path
    for room in ("gyre", "schema", "resolvers", "rest_compat", "models")
    for path in (ROOT / room).rglob("*.py")
    if KUBE not in path.parents and ROOT / "gyre" / "demo" not in path.parents
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def takes(function: Function, annotation: str) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(it.annotation is not None and ast.unparse(it.annotation) == annotation for it in arguments)


def askers() -> set[str]:
    """The functions of gyre.kube that ask a cluster something without a decision that allowed it."""
    return {
        f"{module(path)}.{node.name}"
        for path in KUBE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Function) and takes(node, "KubeClient") and not takes(node, "Allowed")
    }


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name that a file imports stands for."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, Function | None]]:
    """Each call with the innermost function around it."""

    def walk(node: ast.AST, around: Function | None) -> Iterator[tuple[ast.Call, Function | None]]:
        if isinstance(node, ast.Call):
            yield node, around
        for child in ast.iter_child_nodes(node):
            yield from walk(child, node if isinstance(node, Function) else around)

    return walk(tree, None)


def full_name(called: ast.expr, names: dict[str, str]) -> str:
    text = ast.unparse(called)
    first, _, rest = text.partition(".")
    return f"{names[first]}.{rest}".rstrip(".") if first in names else text


def reason(call: ast.Call, around: Function | None, tree: ast.Module) -> str:
    """The text after `because=`; a name is looked up in the function around it, then in the file."""
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "because"), None)
    for place in (around, tree):
        if isinstance(given, ast.Name) and place is not None:
            set_here = [it.value for it in ast.walk(place) if isinstance(it, ast.Assign) and _sets(it, given.id)]
            given = set_here[0] if len(set_here) == 1 else given
    if given is None:
        return ""
    return str(given.value) if isinstance(given, ast.Constant) else ast.unparse(given)


def _sets(assignment: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in assignment.targets)


def found() -> list[OwnCall]:
    asking = askers()
    made: list[OwnCall] = []
    for path in OUTSIDE:
        tree = ast.parse(path.read_text())
        names = imported(tree)
        for call, around in calls(tree):
            name = full_name(call.func, names)
            why = reason(call, around, tree)
            by_door = isinstance(call.func, ast.Attribute) and call.func.attr == "client" and why
            if name in asking or (by_door and why != "allowed.because"):
                made.append(OwnCall(module(path), name.rpartition(".")[2], why))
    return made


def test_the_page_lists_every_call_with_gyres_own_rights_and_no_other() -> None:
    assert {(call.where, call.what) for call in own_calls()} == {(call.where, call.what) for call in found()}


def test_the_page_gives_the_reason_that_the_code_gives() -> None:
    listed = set(own_calls())
    assert [call for call in found() if call.why and call not in listed] == []
    assert all(call.why for call in listed)


def test_a_call_that_must_say_why_says_it_in_words() -> None:
    assert {"gyre.kube.reading.get", "gyre.kube.reading.list_objects", "gyre.kube.reading.server_version"} <= askers()
    said = [call.why for call in found() if call.why]
    assert said
    assert [why for why in said if " " not in why] == []


def test_nothing_outside_the_room_of_kubernetes_asks_it_past_that_rooms_doors() -> None:
    past = {
        f"{module(path)}: {ast.unparse(call)}"
        for path in OUTSIDE
        for call, _ in calls(ast.parse(path.read_text()))
        if ast.unparse(call.func) == "Call"
    }
    assert past == set()


def test_the_page_says_what_the_lack_of_each_permission_leads_to() -> None:
    assert sorted(permissions()) == sorted(granted())


def test_no_role_on_the_page_reads_secrets_or_everything() -> None:
    rules = [rule for role in roles().values() for rule in role]
    assert [rule for rule in rules if "*" in rule["apiGroups"] or "*" in rule["verbs"]] == []
    assert [rule for rule in rules if "secrets" in rule["resources"]] == []
    assert [rule for rule in rules if "*" in rule["resources"] and about(rule) != FLUX] == []


def test_the_groups_of_the_roles_are_those_that_gyre_knows() -> None:
    asked = {group for rules in roles().values() for rule in rules for group in rule["apiGroups"]}
    assert {group for group in asked if group.endswith("fluxcd.io") or group == "fluxcd.controlplane.io"} == set(GROUPS)
