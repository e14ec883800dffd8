"""A hub at work for attacks too."""

from tests.flow.conftest import hub, hub_with

__all__ = ["hub", "hub_with"]
