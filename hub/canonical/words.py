"""The canonical vocabularies: the words that a field holds whose values are a closed list, in ``words.toml``.

Maps translate codes into these words and business decides by them; a word that is in neither place spelt as here is a
fault at load, and not an order that nobody understands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

VOCABULARIES: Mapping[str, frozenset[str]] = {
    name: frozenset(words)
    for name, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")).items()
}
"""Words by vocabulary; a code table of a map is of the vocabulary whose name it has."""
