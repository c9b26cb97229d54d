"""What the documentation and the build script say about versions is what the go.mod files pin."""

import re
from pathlib import Path

from tests.cluster.building import CRD_MODULES, KUBERNETES, MODULES, PROGRAMS

PAGE = (Path(__file__).parents[2] / "docs" / "tested-with.md").read_text()
PINS = {
    program.name: re.search(rf"{re.escape(module)} v(\S+)", (MODULES / program.module / "go.mod").read_text())
    for program in PROGRAMS
    for module in [re.sub(r"/(cmd|cmd/.*)$", "", program.package)]
}


def test_every_program_is_pinned() -> None:
    assert [name for name, pin in PINS.items() if pin is None] == []


def test_the_table_of_versions_is_that_of_the_pins() -> None:
    rows = re.findall(r"^\| ([a-z].*?) \| (\S+) \|$", PAGE, flags=re.MULTILINE)
    table = {name: version for names, version in rows for name in names.split(", ")}
    pinned = {name: pin.group(1) for name, pin in PINS.items() if pin}
    for name in ("kube-apiserver", "kube-controller-manager", "kubectl"):
        assert f"v{pinned.pop(name)}" == KUBERNETES
    assert {name: table.get(name) for name in pinned} == pinned


def test_the_definitions_come_from_the_same_versions_as_the_controllers() -> None:
    pinned = {name: pin.group(1) for name, pin in PINS.items() if pin}
    for module in CRD_MODULES:
        path, _, version = module.partition("@v")
        name = next((part for part in path.split("/") if part in pinned), None)
        assert name is None or pinned[name] == version
