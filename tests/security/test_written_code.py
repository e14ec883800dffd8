"""The border at which text becomes code: what was written finds nothing but what it was given."""

from __future__ import annotations

import pytest

from hub.kernel import generated
from hub.kernel.errors import Defect
from hub.kernel.generated import name_of


@pytest.mark.parametrize(
    "body",
    [
        "return __import__('os')",
        "return open('/etc/passwd')",
        "return n.__class__",
        "return (lambda: n.format)()",
        "return [a.__dict__ for a in n]",
        "import os",
        "from os import system",
        "return getattr(n, 'x')",
        "global foreign\n    foreign = 1",
        "return {n.tag: eval for x in n}",
        "return n.tag.format(n)",
        "return f'{n.root!r:{n.width_of}}'",
        "return \uff4e\uff52",
        "def inner():\n        return exec\n    return inner",
    ],
)
def test_written_code_finds_nothing_of_python_but_what_is_named(body: str) -> None:
    with pytest.raises(Defect):
        generated.made(f"def read(n):\n    {body}\n", {}, "read", label="<test>", attributes={"tag", "root"})


@pytest.mark.parametrize("line", ["x = 1", "import os", "print('a')", "class A: pass", "def f(a=[1]): pass\nf()"])
def test_written_code_defines_functions_and_does_nothing_else(line: str) -> None:
    with pytest.raises(Defect):
        generated.made(f"def read(n):\n    return n\n{line}\n", {}, "read", label="<test>", attributes=())


@pytest.mark.parametrize(
    "text", ["", "a b", "a.b", "1a", "é", "\uff41", "class", "None", "__init__", "_a", "a\n", "a)", "a'", "a;b", " a"]
)
def test_what_is_no_plain_name_cannot_be_a_name_in_written_code(text: str) -> None:
    with pytest.raises(Defect):
        name_of(text)
