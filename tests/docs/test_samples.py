"""The Python that the documents show is run as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "simulator-in-tests.md"


@pytest.mark.simulator
def test_the_guides_tests_pass(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    samples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "test_guide.py").write_text("\n\n".join(samples), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_guide.py"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
    assert f"{text.count('def test_')} passed" in ran.stdout
