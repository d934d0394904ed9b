import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from gwlbfw.cloud.sdk.lazy_models import index_of, lazy_models
from gwlbfw.cloud.sdk.typed import PACKAGES, client_class

REGULAR = (
    "from ._a import A\nfrom ._b import B\nfrom ._b import BItem\n__all__ = [\n    A,\n    B\n]\n"
)


def models_of(product: str) -> ModuleType:
    client_class(product)
    return import_module(f"{PACKAGES[product]}.models")


@pytest.mark.parametrize("product", PACKAGES)
def test_every_model_class_of_the_vendor_is_reached_by_its_name(product: str) -> None:
    models = models_of(product)
    assert models.__file__ is not None
    tree = ast.parse(Path(models.__file__).read_text(encoding="utf-8"))
    names = [
        (alias.name, node.module)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    ]
    assert len(names) > 70
    for name, module in names:
        found = getattr(models, name)
        assert (found.__name__, found.__module__) == (name, f"{models.__name__}.{module}")
    assert {name for name, _ in names} <= set(dir(models))


@pytest.mark.parametrize("product", PACKAGES)
def test_an_unknown_model_class_is_an_attribute_error(product: str) -> None:
    assert not hasattr(models_of(product), "NoSuchRequest")


def test_only_the_models_in_use_are_loaded() -> None:
    script = (
        "import sys; from gwlbfw.cloud.sdk.typed import *\n"
        "from gwlbfw.cloud.transport import BoundCall\n"
        "client_class('vpc'); request_of(BoundCall('vpc', 'CreateVpc', {'Tag': [{'Key': 'k'}]}))\n"
        "print(sum(name.startswith('alibabacloud_vpc20160428.models._') for name in sys.modules))\n"
        "print(any('Finder' in type(f).__name__ and 'lazy' in type(f).__module__\n"
        "          for f in sys.meta_path))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1", "False"]


def test_importing_the_package_loads_nothing_of_the_sdk() -> None:
    script = (
        "import sys, gwlbfw.cloud.sdk, gwlbfw.cloud.client\n"
        "print([n for n in sys.modules if n.startswith(('alibabacloud', 'Tea', 'darabonba'))])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_a_package_of_nothing_but_imports_has_an_index() -> None:
    head = "# -*- coding: utf-8 -*-\n# generated\nfrom __future__ import annotations\n\n"
    assert index_of(head + REGULAR) == {"A": "_a", "B": "_b", "BItem": "_b"}
    assert index_of(REGULAR) == {"A": "_a", "B": "_b", "BItem": "_b"}


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import os\n" + REGULAR,
        REGULAR + "A.x = 1\n",
        "from ._a import A as B\n",
        "from .a import A\n",
        "from ._a import (\n    A,\n)\n",
        "if True:\n    from ._a import A\n",
    ],
)
def test_a_package_that_does_more_has_no_index(source: str) -> None:
    assert index_of(source) is None


def test_an_unexpected_package_is_imported_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "odd_vendor" / "models"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").write_text("SIDE_EFFECT = [1]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with lazy_models("odd_vendor"):
        assert import_module("odd_vendor.models").SIDE_EFFECT == [1]
    for name in ("odd_vendor", "odd_vendor.models"):
        monkeypatch.delitem(sys.modules, name)


def test_a_concurrent_import_misses_no_finder() -> None:
    looking = list(sys.meta_path)
    going_through = sys.meta_path
    with lazy_models("alibabacloud_vpc20160428"):
        assert sys.meta_path[1:] == looking
        assert going_through == looking
    assert sys.meta_path == going_through == looking
