"""What the pages of Gyre ask fits into a minute's points many times over."""

import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, concat_ast, parse

from gyre.settings import Settings
from schema.build import SCHEMA
from schema.costs import Costs, points_of

PAGES = Path(__file__).parents[2] / "frontend" / "src"
DOCUMENT = re.compile(r"`(\s*(?:query|mutation|subscription|fragment)\s[^`]*)`")
ROWS = 200
"""More than any page asks for at once."""

FOUND = concat_ast(
    [
        parse(text)
        for path in sorted([*PAGES.rglob("*.ts"), *PAGES.rglob("*.svelte")])
        for text in DOCUMENT.findall(path.read_text())
    ]
)
OPERATIONS = [each for each in FOUND.definitions if isinstance(each, OperationDefinitionNode)]


def test_the_operations_of_the_pages_are_found() -> None:
    assert len(OPERATIONS) > 30


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name.value if each.name else "")
def test_an_operation_of_a_page_can_be_asked_forty_times_a_minute(operation: OperationDefinitionNode) -> None:
    cost = Costs(SCHEMA._schema, FOUND).of(operation, {"first": ROWS})
    assert 40 * points_of(cost) <= Settings(data_dir=Path("/nowhere")).rate_limit_graphql
