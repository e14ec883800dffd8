"""Outer steps of a list, written: what an item says there, which place it shares, where it stands at last.

Called by ``writing``. For each place with outer steps two kinds of functions are written: one for each step,
that says what one item says there, and one that finds or opens the places and then the item's own.
"""

from __future__ import annotations

from typing import Protocol

from hub.mapping.emit import Code
from hub.mapping.plan import Anchor, Constant, Rule, Variant
from hub.mapping.site import Selector
from hub.mapping.template import most, template
from hub.mapping.writer_run import Template


class RuleWriter(Protocol):
    """Who writes rules (``writevalue``)."""

    def rule(self, rule: Rule) -> None: ...


class NodeWriter(Protocol):
    """Who writes the functions (``writing``)."""

    code: Code
    hoisted: dict[str, str]
    widths: dict[Selector, int]

    @property
    def values(self) -> RuleWriter: ...

    def begin(self, variant: Variant, anchor: Anchor) -> None: ...

    def constant(self, constant: Constant) -> None: ...

    def field(self, path: str) -> str: ...


class LevelWriter:
    """Writes what concerns outer steps."""

    def __init__(self, tree: NodeWriter) -> None:
        self.tree = tree
        self.code = tree.code

    def level(self, variant: Variant, index: int) -> None:
        """Write the function that says at an outer step what one item says there."""
        anchor = Anchor(kind="outer", index=index)
        with self.code.block(f"def l{variant.number}_{index}(d, n, i, P, X):"):
            self.tree.begin(variant, anchor)
            for rule in variant.rules:
                if rule.writes and rule.takes and rule.takes[0].anchor == anchor and not rule.takes[0].path.number:
                    self.tree.values.rule(rule)
            for constant in variant.constants:
                if constant.take.anchor == anchor:
                    self.tree.constant(constant)

    def placing(self, variant: Variant, item: Template | None) -> None:
        """Write the function that finds or opens the outer places of one item, then the item's own."""
        code = self.code
        with code.block(f"def t{variant.number}(d, n, i, P, X, force):"):
            self.tree.begin(variant, Anchor())
            code.add("mark = len(X.findings)")
            self.tree.hoisted = {}
            drafts = [self._draft(variant, index) for index in range(len(variant.outer))]
            said = " and ".join(drafts[i][1] for i, level in enumerate(variant.outer) if not level.step.optional)
            with code.block(f"if not force and not ({said or 'True'}):"):
                code.add("del X.findings[mark:]; return False")
            code.add("b = n")
            for index, (draft, said_name, key) in enumerate(drafts):
                self._share(variant, index, draft, said_name, key)
            if variant.step is None:
                code.add(f"w{variant.number}(d, b, i, P, X)")
            else:
                made = code.constant(item)
                code.add(f"w{variant.number}(d, new(b, {variant.step.tag!r}, {made}), i, P, X)")
            code.add("return True")

    def _draft(self, variant: Variant, index: int) -> tuple[str, str, str]:
        """Write what an item says at one outer step; return the variables: draft, whether it says, what."""
        code, level = self.code, variant.outer[index]
        draft, said, key = f"a{index}", f"s{index}", f"k{index}"
        selector = (Anchor(kind="outer", index=index), ())
        made = code.constant(template(level.step, level.place, self.tree.widths.get(selector, 0)))
        rules = [r for r in variant.rules if r.writes and r.takes and r.takes[0].anchor == selector[0]]
        code.add(f"{draft} = loose_node({level.step.tag!r}, {made})")
        if not rules:
            code.add(f"{said} = False; {key} = None")
            return draft, said, key
        code.add(f"l{variant.number}_{index}(d, {draft}, i, P, X)")
        numbers = [self.tree.field(r.field) for r in rules if r.takes[0].path.number]
        bare = code.constant(template(level.step, level.place, self.tree.widths.get(selector, 0)))
        code.add(f"{key} = (frozen({draft}, X), {', '.join(numbers)}{',' if numbers else ''})")
        more = "".join(f" or {number} is not None" for number in numbers)
        code.add(f"{said} = {key}[0][0] != {bare} or bool({key}[0][1]) or bool({key}[0][2]){more}")
        return draft, said, key

    def _share(self, variant: Variant, index: int, draft: str, said: str, key: str) -> None:
        code, level = self.code, variant.outer[index]
        following = variant.outer[index + 1 :]
        below = following[0] if following else None
        room = (
            (below.step.tag, most(below.place))
            if below
            else ((variant.step.tag, most(variant.place)) if variant.step else ("", 0))
        )
        silent = below is not None and not any(
            rule.takes and rule.takes[0].anchor == Anchor(kind="outer", index=index + 1) for rule in variant.rules
        )
        if silent or (below.place if below else variant.place).nests:
            room = (room[0], 0)  # items share what stands there: it takes no room of theirs
        group = variant.group if variant.step is None and below is None else None
        capacity = group.last - group.first + 1 if group else 0
        numbered = [
            r
            for r in variant.rules
            if r.takes and r.takes[0].anchor == Anchor(kind="outer", index=index) and r.takes[0].path.number
        ]
        selector = str(level.step)
        with code.block_if(said if level.step.optional else None):
            code.add(f"b = share(X, b, {selector.rstrip('?')!r}, {draft}, {key}, {room!r}, {capacity})")
            for rule in numbered:
                path = "/".join(str(each.step) for each in variant.outer[: index + 1])
                arguments = f"X, {path!r}, {self.tree.field(rule.field)}, {rule.number}, P"
                code.add(f"numbered({arguments}, fresh=b is {draft})")
