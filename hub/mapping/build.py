"""How what was read becomes a struct: values in ``x…`` and lists in ``y…`` put together, inside out.

A struct without its leading field was not said; an amount without currency takes the document's; a required
field that nothing says makes the item fall, with a finding.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hub.kernel.generated import name_of
from hub.mapping.cover import UNWEIGHED
from hub.mapping.emit import Code
from hub.mapping.plan import Plan, Rule, Variant
from hub.mapping.shape import Shape, fields_of, leading, takes_currency

Tree = dict[str, Any]  # field name → variable, or the tree of a struct beneath


class Builder:
    """Writes the end of a reading function: its return."""

    def __init__(self, code: Code, plan: Plan) -> None:
        self.code = code
        self.plan = plan
        self.variant = plan.root
        self.number = 0

    def document(self, variant: Variant, note: str | None) -> None:
        """Write the return of the struct ``variant`` reads; ``note`` is a line to add once it is certain."""
        self.variant = variant
        tree, self.number = self._tree(variant)
        struct = variant.struct
        arguments = self._arguments(struct, tree, "")
        required = [(name, arguments.get(name, "None")) for name, shape in fields_of(struct).items() if shape.required]
        if variant.in_place and variant.group is None and variant is not self.plan.root:
            said = [a for a in arguments.values() if a not in ("[]", "{}")] or ["None"]
            self.code.add(f"if {' and '.join(f'not {each}' for each in said)}: return None")
        for name, argument in required:
            with self.code.block(f"if {argument} is None:"):
                if name == "currency" and takes_currency(struct):
                    self.code.add(f"X.no_currency({self.number}, P)")
                elif leading(struct) is not None:
                    self.code.add(f"X.half({self.number}, P, ('a-part', 'part'), {('its', name)!r})")
                else:
                    whole = variant is self.plan.root
                    self.code.add(f"X.missing({self.number}, P, n, {name!r}, document={whole})")
                self.code.add("return None")
        if note is not None:
            self.code.add(note)
        if UNWEIGHED in fields_of(struct) and (variant is self.plan.root or not variant.in_place):
            arguments[UNWEIGHED] = "X.held(n)"
        listed = ", ".join(f"{name_of(name)}={argument}" for name, argument in arguments.items())
        self.code.add(f"return {self.code.constant(struct)}({listed})")

    def _tree(self, variant: Variant) -> tuple[Tree, int]:
        tree: Tree = {}
        number = 0
        for rule in variant.rules:
            if rule.reads:
                _plant(tree, rule.field, _leaf(rule))
                number = number or rule.number
        for index, listing in enumerate(variant.lists):
            _plant(tree, listing.name, f"y{index}")
        if variant.said_by is not None:
            _plant(tree, variant.said_by[0], repr(variant.said_by[1]))
        return tree, number or (variant.rules[0].number if variant.rules else 0)

    def _arguments(self, struct: type[msgspec.Struct], tree: Tree, above: str) -> dict[str, str]:
        shapes = fields_of(struct)
        arguments = {name: self._argument(above + name, shapes[name], tree[name]) for name in shapes if name in tree}
        if takes_currency(struct):
            own = arguments.get("currency")
            arguments["currency"] = f"({own} or X.currency)" if own else "X.currency"
        return arguments

    def _argument(self, name: str, shape: Shape, branch: Any) -> str:
        if isinstance(branch, str):
            if shape.kind == "list" and branch.startswith("x"):
                return f"({branch} or [])"
            return branch
        if shape.kind == "words":
            return self._words(branch)
        assert shape.struct is not None
        return self._struct(name, shape.struct, branch)

    def _words(self, branch: Tree) -> str:
        name = self.code.fresh("z")
        self.code.add(f"{name} = {{}}")
        for word, variable in branch.items():
            self.code.add(f"if {variable} is not None: {name}[{word!r}] = {variable}")
        return name

    def _struct(self, field: str, struct: type[msgspec.Struct], branch: Tree) -> str:
        """Write the building of a struct beneath; return the variable that holds it, or None."""
        arguments = self._arguments(struct, branch, f"{field}.")
        code, name = self.code, self.code.fresh("z")
        lead = leading(struct)
        number = self._number_beneath(field, lead)
        shapes = fields_of(struct)
        if lead is not None:
            others = [
                a.strip("()").split(" or ")[0] if n == "currency" else a
                for n, a in arguments.items()
                if n not in (lead, "currency") or (n == "currency" and a.startswith("(x"))
            ]
            said = arguments.get(lead, "None")
        else:
            others = []
            said = " or ".join(_is_said(shapes[n], a) for n, a in arguments.items()) or "False"
        required = [a for n, a in arguments.items() if shapes[n].required and n != lead]
        absent = [n for n in shapes if shapes[n].required and n not in arguments]
        code.add(f"{name} = None")
        with code.block(f"if {said} is not None:" if lead is not None else f"if {said}:"):
            listed = ", ".join(f"{name_of(n)}={a}" for n, a in arguments.items())
            made = f"{name} = {code.constant(struct)}({listed})"
            if absent:
                code.add(f"X.half({number}, P, {('the', field)!r}, {('its', absent[0])!r})")
            elif required:
                code.add(f"if {' and '.join(f'{a} is not None' for a in required)}: {made}")
                act = (
                    f"X.no_currency({number}, P)"
                    if takes_currency(struct)
                    else (f"X.half({number}, P, {('the', field)!r}, ('its-others', ''))")
                )
                code.add(f"else: {act}")
            else:
                code.add(made)
        if others:
            test = " or ".join(f"{a} is not None" for a in others)
            code.add(f"elif {test}: X.half({number}, P, {('part-of', field)!r}, {('its', str(lead))!r})")
        return name

    def _number_beneath(self, field: str, lead: str | None) -> int:
        """Return the rule a finding about the struct at ``field`` should name: its leading field's, else its first."""
        rules = [rule for rule in self.variant.rules if rule.reads and rule.field.startswith(field + ".")]
        leads = [rule.number for rule in rules if rule.field == f"{field}.{lead}"]
        return (leads or [rule.number for rule in rules] or [self.number])[0]


def _plant(tree: Tree, field: str, leaf: str) -> None:
    first, _, rest = field.partition(".")
    if rest:
        beneath = tree.setdefault(first, {})
        if isinstance(beneath, dict):
            _plant(beneath, rest, leaf)
    else:
        tree[first] = leaf


def _leaf(rule: Rule) -> str:
    return f"x{rule.number}"


def _is_said(shape: Shape, argument: str) -> str:
    return argument if shape.kind in ("list", "words") else f"{argument} is not None"
