"""The house rules that no linter knows: sizes, layers, and who owns our package names."""

import ast
import importlib
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("gyre", "schema", "resolvers", "rest_compat", "models")
SOURCES = sorted(
    path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py") if ".cache" not in path.parts
)
FILE_LINES = 450
FUNCTION_LINES = 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= FILE_LINES
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    too_long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in too_long.items() if lines > FUNCTION_LINES} == {}


def test_every_room_stands_in_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = {room.strip(" ()") for layer in layers for room in layer.split("|")}
    inside = {
        f"gyre.{path.stem}"
        for path in (ROOT / "gyre").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    rooms = (inside | set(ROOMS)) - {"gyre", "gyre.__init__", "gyre.__main__"}
    assert rooms - named == set()


@pytest.mark.parametrize("name", [*ROOMS, "migrations"])
def test_our_package_names_are_ours_alone(name: str) -> None:
    assert set(packages_distributions().get(name, ())) <= {"gyre-flux"}
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / name
