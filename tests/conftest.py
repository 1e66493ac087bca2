"""The whole system, started once for the tests that ask for it."""

from collections.abc import Iterator

import pytest

from scripts.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """rasa, actions and bot, ready, with two agents who can sign in at the desk."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running
