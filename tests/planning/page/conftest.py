"""Plans as pages in a browser that has no network: nothing but the file itself may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from planning import read_problem, solve
from planning.bench import generate
from planning.plan import Plan
from planning.problem import Problem
from planning.show.page import DIST
from planning.show.page import page as page_of
from tests.browser import conftest as pages
from tests.conftest import missing

browser = pages.browser

Open = Callable[..., Page]


def planned(raw: Any, effort: int = 0) -> tuple[Problem, Plan]:
    """Return a problem given as plain values, and its plan."""
    problem, faults = read_problem(msgspec.json.encode(raw))
    return problem, solve(problem, effort=effort, seed=1, faults=faults)


@pytest.fixture(scope="session")
def small() -> tuple[Problem, Plan]:
    """50 orders with setups, batches and late orders."""
    return planned(generate.problem("small", 1))


@pytest.fixture(scope="session")
def large() -> tuple[Problem, Plan]:
    """1,000 orders, 8,071 operations."""
    return planned(generate.problem("large", 1))


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a plan as a page. The test fails when the page complains, or asks for anything but itself."""
    if not (DIST / "plan.js").is_file():
        missing("the page's script is not built (python planning/show/build.py)")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    complaints: list[str] = []
    asked: list[str] = []
    file = tmp_path / "plan.html"

    def show(plan: Plan, problem: Problem | None = None) -> Page:
        file.write_text(page_of(plan, problem), encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()] * len(asked)


def colours_drawn(page: Page) -> set[str]:
    """Return which of the page's colours, by their names, stand in the Gantt as it is drawn now."""
    found: list[str] = page.evaluate(
        """() => {
          const styles = getComputedStyle(document.documentElement);
          const names = new Map(["intime", "tight", "late", "batch", "setup", "chosen", "closed"].map((name) => {
            const hex = styles.getPropertyValue("--" + name).trim().replace("#", "");
            const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
            return [parseInt(full, 16), name];
          }));
          const canvas = document.querySelector("#gantt canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) {
            const name = names.get((data[i] << 16) + (data[i + 1] << 8) + data[i + 2]);
            if (name) seen.add(name);
          }
          return [...seen];
        }"""
    )
    return set(found)
