"""A sample of every map of the repository can be made, written, and read back without a fault."""

from __future__ import annotations

import pytest

from hub.mapping.documents import read_documents
from hub.mapping.sample import sample_document
from tests.mapping.test_cases import LIBRARY


@pytest.mark.parametrize("name", sorted(LIBRARY.names()))
def test_a_sample_of_any_map_is_valid_when_it_is_read_back(name: str) -> None:
    map_ = LIBRARY.map(name)
    _, written = sample_document(map_)
    assert written.data is not None
    assert [str(each) for each in written.findings if each.severity.is_reject] == []
    (again,) = [each for each in read_documents(map_, written.data) if each.applied]
    assert [str(each) for each in again.findings if each.severity.is_reject] == []
