"""The address scheme has one home: no other module builds an address or takes one apart."""

import ast
import re
from collections.abc import Iterator

import pytest

from gwlbfw.layout import Role
from gwlbfw.resources.resource import kinds
from tests.architecture.sources import Source, sources

HOMES = ("gwlbfw.address", "gwlbfw.layout", "gwlbfw.layout.scheme")
"""The type of an address, the addresses of a stack, and their scheme."""
ELSEWHERE = ("gwlbfw.sim.", "gwlbfw.topology.")
"""The simulator knows no addresses; a topology has them as its user wrote them, and YAML paths."""

BOUND = [s for s in sources() if s.module not in HOMES and not s.module.startswith(ELSEWHERE)]
KINDS = "|".join(sorted(kinds(), key=len, reverse=True))
ROLES = "|".join(sorted(Role, key=len, reverse=True))
ADDRESS = re.compile(rf"(?:{KINDS})\.(?:[A-Za-z]|$)|.*(?:^|\.)(?:{ROLES})/")
"""Text that is an address or a part of one: a kind and a dot, or a role and a slash."""


def breaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines of a module that build an address or take one apart, each with the source."""
    statements = (each.value for each in ast.walk(tree) if isinstance(each, ast.Expr))
    prose = {id(each) for each in statements if isinstance(each, ast.Constant)}
    for node in ast.walk(tree):
        if id(node) not in prose and (builds_address(node) or takes_path_apart(node)):
            at = node.iter if isinstance(node, ast.comprehension) else node
            yield getattr(at, "lineno", 0), ast.unparse(node)


def builds_address(node: ast.AST) -> bool:
    """True if a node of the syntax tree is an address in writing, or is made of such text."""
    match node:
        case ast.Constant(value=str(text)):
            return ADDRESS.match(text) is not None
        case ast.Call(func=ast.Name(id="Address"), args=args):
            return any(isinstance(each, ast.Constant | ast.JoinedStr) for each in args)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="Address"), attr="of"), args=args):
            return any(isinstance(each, ast.Constant | ast.JoinedStr) for each in args)
        case _:
            return False


def takes_path_apart(node: ast.AST) -> bool:
    """True if a node of the syntax tree reads the parts of an address by their place."""
    match node:
        case (
            ast.Subscript(value=ast.Attribute(attr="path"))
            | ast.Subscript(
                value=ast.Call(func=ast.Attribute(attr="split"), args=[ast.Constant(value="/")])
            )
            | ast.Starred(value=ast.Attribute(attr="path"))
            | ast.Assign(targets=[ast.Tuple()], value=ast.Attribute(attr="path"))
            | ast.For(iter=ast.Attribute(attr="path"))
            | ast.comprehension(iter=ast.Attribute(attr="path"))
            | ast.Call(func=ast.Attribute(attr="join"), args=[ast.Attribute(attr="path")])
        ):
            return True
        case _:
            return False


@pytest.mark.parametrize("source", BOUND, ids=lambda each: each.module)
def test_addresses_are_built_and_parsed_in_the_layout_alone(source: Source) -> None:
    assert list(breaches(source.tree)) == []


@pytest.mark.parametrize(
    "text",
    [
        'Address.of("vswitch", "business", vpc, name)',
        'Address("listener.main")',
        'Ref("vpc.security")',
        'LISTENER = "listener.main"',
        'Address(f"instance.appliance/{name}")',
        'address.startswith("route.gwlbe/")',
        'address.startswith(("x", "vswitch.business/"))',
        'address.startswith("listener.")',
        'label.partition(".business/")[2]',
        'address.path[0] == "gateway"',
        "address.path[-1]",
        "address.path[1:]",
        "_, vpc, name = address.path",
        "Address.of(kind, *address.path)",
        '"/".join(endpoint.path)',
        'label.split("/")[-1]',
        "for part in address.path:\n    pass",
        "[part for part in address.path]",
    ],
)
def test_address_outside_its_home_is_recognised(text: str) -> None:
    assert list(breaches(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        '"""Such as `listener.main`, `route.gwlbe/shop`."""',
        "layout.business_subnet(vpc, name)",
        "Address.of(kind, cloud_id)",
        'VPC.call("DescribeVpcs")',
        'from gwlbfw.resources.vpc import Vpc\nkind = "vpc"',
        'path = check.path or "/"',
    ],
)
def test_text_that_is_no_address_is_let_pass(text: str) -> None:
    assert list(breaches(ast.parse(text))) == []


def test_homes_are_there_and_do_what_others_may_not() -> None:
    homes = [each for each in sources() if each.module in HOMES]
    assert len(homes) == len(HOMES)
    assert all(list(breaches(each.tree)) for each in homes)
