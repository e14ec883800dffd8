"""The page of a plan in a real browser: seen by resource and by order, asked why, walked by keyboard, of any size."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from planning import apply, solve
from planning.changes import ResourceDown
from planning.plan import Plan
from planning.problem import Problem
from planning.show.page import PlanIncomplete, page
from tests.browser.test_pages import faults
from tests.planning.cli.conftest import order, two_orders
from tests.planning.page.conftest import Open, colours_drawn, planned

Planned = tuple[Problem, Plan]


def seen(page: Page) -> str:
    return page.locator("#seen").inner_text()


def test_the_page_is_one_file_that_names_no_other(small: Planned) -> None:
    text = page(small[1], small[0])
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r"""(?:src|href)=["']?([^"'> ]+)""", markup) == ["data:,"]
    assert "default-src 'none'" in markup


def test_the_head_counts_what_the_plan_counts(open_page: Open, small: Planned) -> None:
    problem, plan = small
    shown = open_page(plan, problem)
    late = sum(each.tardiness > 0 for each in plan.orders)
    expect(shown.locator("#summary")).to_contain_text(f"50 orders, {late} late, 0 unplanned")
    assert shown.locator("#late button").count() == late > 0


def test_rows_are_resources_or_orders(open_page: Open, small: Planned) -> None:
    problem, plan = small
    shown = open_page(plan, problem)
    resources = sorted({each.resource for each in plan.assignments})
    assert f"of {len(resources)} ({resources[0]} to " in seen(shown)
    assert colours_drawn(shown) >= {"intime", "late", "setup"}
    shown.get_by_role("button", name="by order").click()
    assert "of 50 (O0000 to " in seen(shown)
    assert colours_drawn(shown) >= {"intime", "late", "setup", "batch"}
    expect(shown.get_by_role("button", name="by order")).to_have_attribute("aria-pressed", "true")
    expect(shown.get_by_role("button", name="by resource")).to_have_attribute("aria-pressed", "false")


def test_a_click_on_a_late_order_says_why_it_is_late(open_page: Open, small: Planned) -> None:
    problem, plan = small
    latest = max(plan.orders, key=lambda each: each.tardiness)
    shown = open_page(plan, problem)
    shown.locator("#late button").first.click()
    expect(shown.locator("#why h2")).to_contain_text(f"{latest.order}: ")
    expect(shown.locator("#why h2")).to_contain_text("late")
    assert shown.locator("#why > ol > li").count() == len(latest.reasons) > 0
    expect(shown.locator("#why > ol > li").first).to_contain_text(latest.reasons[0].text.split(" until ")[0])
    assert not re.search(r"until \d", shown.locator("#why").inner_text())  # days and hours, as on the time axis
    assert "chosen" in colours_drawn(shown)


def test_a_click_on_a_bar_says_why_its_order_is_late(open_page: Open) -> None:
    problem, plan = planned(two_orders())
    shown = open_page(plan, problem)
    room = shown.locator("#gantt").bounding_box()
    assert room
    quarter = room["x"] + 130 + (room["width"] - 170) / 4  # A takes the first half of the one row
    shown.mouse.click(quarter, room["y"] + 30 + (room["height"] - 90) / 2)
    expect(shown.locator("#why h2")).to_have_text("A: 5 min late")
    expect(shown.locator("#why")).to_contain_text("A-10 on press, day 0 00:00 to day 0 00:10")


def minutes_seen(page: Page) -> int:
    (day, hour, minute), (last_day, last_hour, last_minute) = (
        map(int, each) for each in re.findall(r"day (\d+) (\d+):(\d+)", seen(page))
    )
    return 1440 * (last_day - day) + 60 * (last_hour - hour) + last_minute - minute


def test_what_was_zoomed_stays_when_an_order_is_chosen_or_the_view_changes(open_page: Open, small: Planned) -> None:
    shown = open_page(small[1], small[0])
    shown.locator("#gantt").focus()
    whole = minutes_seen(shown)
    for _ in range(3):
        shown.keyboard.press("+")
    assert abs(minutes_seen(shown) - whole / 8) <= 1
    for button in shown.locator("#late button").all():
        button.click()
        assert abs(minutes_seen(shown) - whole / 8) <= 1
        assert "chosen" in colours_drawn(shown)
    zoomed = seen(shown).split("), ")[1]
    shown.get_by_role("button", name="by order").click()
    assert seen(shown).split("), ")[1] == zoomed
    late = shown.locator("#why h2").inner_text().split(":")[0]
    first, last = re.findall(r"O\d+", seen(shown))
    assert first <= late <= last


def test_everything_is_reached_by_keyboard(open_page: Open, small: Planned) -> None:
    problem, plan = small
    shown = open_page(plan, problem)
    reached = []
    for _ in range(8 + sum(each.tardiness > 0 for each in plan.orders)):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate("document.activeElement.id || document.activeElement.innerText"))
    assert reached[:5] == ["by resource", "by order", "find", "Find", "gantt"]
    assert {"Keys", "Load as a table"} <= set(reached)
    shown.locator("#gantt").focus()
    whole = seen(shown)
    for there, back in (("ArrowDown", "ArrowUp"), ("PageDown", "PageUp"), ("End", "Home"), ("+", "0")):
        shown.keyboard.press(there)
        assert seen(shown) != whole
        shown.keyboard.press(back)
        assert seen(shown) == whole
    shown.locator("#late button").first.focus()
    shown.keyboard.press("Enter")
    expect(shown.locator("#why h2")).to_contain_text("late")


def test_an_order_or_operation_is_found_by_its_name(open_page: Open, small: Planned) -> None:
    shown = open_page(small[1], small[0])
    shown.get_by_label("Order or operation").fill("o0030-20")
    shown.keyboard.press("Enter")
    expect(shown.locator("#why h2")).to_contain_text("O0030: ")
    shown.get_by_label("Order or operation").fill("O9999")
    shown.keyboard.press("Enter")
    expect(shown.locator("#why")).to_contain_text("No order or operation of the plan is called “O9999”.")


@pytest.mark.parametrize("whole", [True, False])
def test_the_load_is_there_as_bars_and_as_a_table(open_page: Open, small: Planned, whole: bool) -> None:
    problem, plan = small
    shown = open_page(plan, problem if whole else None)
    room = shown.locator("#load canvas").bounding_box()
    assert room
    assert room["height"] > 100
    shown.get_by_text("Load as a table").click()
    expect(shown.locator("caption")).to_contain_text("% of available time" if whole else "hours")
    names = set(shown.locator("tbody th").all_inner_texts())
    assert names == {each.resource for each in plan.assignments}


def test_an_unplanned_order_is_named_with_its_reason(open_page: Open) -> None:
    impossible = order("A", 5)
    impossible["operations"][0]["alternatives"][0]["resource"] = "pres"
    shown = open_page(*reversed(planned(two_orders() | {"orders": [impossible, order("B", 99)]})))
    expect(shown.locator("#unplanned")).to_have_text("A is not planned: operation A-10: resource pres is not defined")
    expect(shown.locator("#late")).to_have_text("None: every planned order is in time.")


def test_a_plan_of_nothing_is_a_page_that_says_so(open_page: Open) -> None:
    shown = open_page(planned(two_orders() | {"orders": []})[1])
    expect(shown.locator("#summary")).to_contain_text("0 orders")
    expect(shown.locator("#seen")).to_have_text("Nothing is planned.")
    shown.get_by_role("button", name="by order").click()
    shown.locator("#gantt").focus()
    for key in ("End", "ArrowRight", "-"):
        shown.keyboard.press(key)


def test_names_that_are_markup_are_shown_and_never_run(open_page: Open) -> None:
    name = "</script><img src=x onerror=\"document.title='run'\">"
    problem, plan = planned(two_orders() | {"orders": [order(name, 1)]})
    shown = open_page(plan, problem)
    shown.locator("#late button").click()
    room = shown.locator("#gantt").bounding_box()
    assert room
    shown.mouse.move(room["x"] + 400, room["y"] + room["height"] / 2 - 15)
    expect(shown.locator("#gantt")).to_contain_text(f"{name}-10")  # what hovering tells
    expect(shown.locator("#why h2")).to_contain_text(name)
    assert shown.locator("img").count() == 0
    assert shown.title().startswith("Plan ")


def test_a_batch_is_one_bar_that_names_its_members_and_answers_for_the_latest(open_page: Open) -> None:
    cycle = {"alternatives": [{"resource": "oven", "minutes": 60}], "batch_key": "steam", "load": 1}
    orders = [order("A", 100) | {"operations": [{"id": "A-10"} | cycle]}, order("B", 5)]
    orders[1]["operations"] = [{"id": "B-10"} | cycle]
    oven = {"id": "oven", "kind": "batch", "capacity": 2, "cycle_minutes": 60}
    problem, plan = planned(two_orders() | {"orders": orders, "resources": [oven]})
    assert {(each.start, each.end) for each in plan.assignments} == {(0, 60)}
    shown = open_page(plan, problem)
    room = shown.locator("#gantt").bounding_box()
    assert room
    middle = (room["x"] + room["width"] / 2, room["y"] + room["height"] / 2 - 15)
    shown.mouse.move(*middle)
    expect(shown.locator("#gantt")).to_contain_text("A-10: due day 0 01:40")
    expect(shown.locator("#gantt")).to_contain_text("B-10: due day 0 00:05")
    shown.mouse.click(*middle)
    expect(shown.locator("#why h2")).to_have_text("B: 55 min late")
    shown.mouse.move(5, 5)  # a bar under the pointer is lighter
    assert colours_drawn(shown) >= {"batch", "late", "chosen"}


def closing_press() -> dict[str, Any]:
    """One press: A until its shift ends at 480, closed until 960, then B; down from 1,060, C after that."""
    press = {"id": "press", "kind": "machine", "calendar": "day", "maintenance": [[1060, 1200]]}
    orders = [order("A", 500), order("B", 1500), order("C", 1500)]
    for each, minutes in zip(orders, (480, 100, 240), strict=True):
        each["operations"][0]["alternatives"][0]["minutes"] = minutes
    calendars = {"day": [[0, 480], [960, 1440]]}
    return two_orders() | {"resources": [press], "calendars": calendars, "orders": orders}


def test_what_is_closed_is_hatched_and_says_until_when(open_page: Open) -> None:
    problem, plan = planned(closing_press())
    assert [(each.start, each.end) for each in plan.assignments] == [(0, 480), (960, 1060), (1200, 1440)]
    shown = open_page(plan, problem)
    assert "closed" in colours_drawn(shown)
    expect(shown.locator("header .closed")).to_be_visible()
    room = shown.locator("#gantt").bounding_box()
    assert room
    row = room["y"] + 30 + (room["height"] - 90) / 2
    wide = room["width"] - 170
    for minute, words in (
        (700, "press is closed, day 0 08:00 to day 0 16:00"),
        (1130, "press is down or in maintenance, day 0 17:40 to day 0 20:00"),
        (200, "A-10: due"),
    ):
        shown.mouse.move(room["x"] + 130 + wide * minute / 1440, row)
        expect(shown.locator("#gantt")).to_contain_text(words)
    shown.mouse.click(room["x"] + 130 + wide * 700 / 1440, row)
    expect(shown.locator("#why h2")).to_have_text("Why late?")  # a closed time is nobody's order
    shown.get_by_role("button", name="by order").click()
    assert "closed" not in colours_drawn(shown)


def test_without_its_problem_a_plan_knows_of_nothing_closed(open_page: Open) -> None:
    shown = open_page(planned(closing_press())[1])
    assert "closed" not in colours_drawn(shown)
    assert shown.locator("header .closed").count() == 0


def test_a_downtime_that_a_change_brought_is_hatched(open_page: Open) -> None:
    problem, plan = planned(two_orders())
    after = apply(problem, plan, ResourceDown(resource="press", start=12, end=18))
    shown = open_page(solve(after, effort=0, start=plan), after)
    assert "closed" in colours_drawn(shown)


def test_an_operation_that_is_found_is_scrolled_into_sight(open_page: Open, small: Planned) -> None:
    problem, plan = small
    ovens = {each.id for each in problem.resources if each.kind == "batch"}
    member = next(each for each in plan.assignments if each.resource in ovens)
    shown = open_page(plan, problem)
    assert "batch" not in colours_drawn(shown)
    shown.get_by_label("Order or operation").fill(member.operation)
    shown.keyboard.press("Enter")
    assert {"batch", "chosen"} <= colours_drawn(shown)


def test_eight_thousand_operations_are_scrolled_to_the_last(open_page: Open, large: Planned) -> None:
    problem, plan = large
    assert len(plan.assignments) > 8_000
    shown = open_page(plan, problem)
    shown.get_by_role("button", name="by order").click()
    shown.locator("#gantt").focus()
    shown.keyboard.press("End")
    assert "of 1000 (" in seen(shown)
    assert "to O0999)" in seen(shown)
    assert colours_drawn(shown) & {"intime", "tight", "late"}
    last = max(plan.assignments, key=lambda each: each.end)
    shown.get_by_label("Order or operation").fill(last.operation)
    shown.keyboard.press("Enter")
    expect(shown.locator("#why details li").last).to_contain_text(f"{last.operation} on {last.resource}")
    assert "chosen" in colours_drawn(shown)
    shown.get_by_role("button", name="by resource").click()
    first_row = seen(shown)
    shown.locator("#gantt canvas").hover()
    shown.mouse.wheel(0, 2000)
    expect(shown.locator("#seen")).not_to_have_text(first_row)


def test_the_page_is_within_reach_of_everybody(open_page: Open, small: Planned) -> None:
    shown = open_page(small[1], small[0])
    shown.locator("#late button").first.click()
    for summary in shown.locator("summary").all():
        summary.click()
    assert faults(shown) == []


def test_a_window_made_smaller_keeps_the_whole_gantt_in_sight(open_page: Open, small: Planned) -> None:
    shown = open_page(small[1], small[0])
    shown.set_viewport_size({"width": 1100, "height": 700})
    expect(shown.locator("#seen")).to_contain_text(re.compile(r"Rows 1 to (\d|1\d) of"))
    canvas, load = (shown.locator(f"{at} canvas").bounding_box() for at in ("#gantt", "#load"))
    assert canvas
    assert load
    assert canvas["y"] + canvas["height"] <= load["y"]


def test_a_plan_that_does_not_say_whose_an_operation_is_cannot_be_shown(small: Planned) -> None:
    _, plan = small
    with pytest.raises(PlanIncomplete, match=plan.orders[0].operations[0]):
        page(msgspec.structs.replace(plan, orders=plan.orders[1:]))
    with pytest.raises(PlanIncomplete, match=plan.assignments[0].operation):
        page(msgspec.structs.replace(plan, assignments=plan.assignments[1:]))
