"""One way to start the browser, for every browser test."""

from typing import Any

import pytest

from scripts.browser import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return chromium()
