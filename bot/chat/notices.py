"""Known problems and changes that shoppers are told of before they run into them."""

from typing import Any

from bot.services import Services


async def current_notices(services: Services, site: str, locale: str) -> list[dict[str, Any]]:  # noqa: ARG001
    """The notices of a site that hold now, in the asked language: none are kept yet."""
    return []
