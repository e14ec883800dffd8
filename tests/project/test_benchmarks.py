"""Every benchmark is listed where a reader looks for it."""

from __future__ import annotations

from tests.project.checkout import ROOT, python_files


def test_every_benchmark_stands_in_the_list() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    missing = [
        path.name
        for path in python_files("benchmarks")
        if path.stem != "__init__"
        and f"`.venv/bin/python -m benchmarks.{path.stem}`" not in text
        and f"`benchmarks/{path.name}`" not in text
    ]
    assert not missing
