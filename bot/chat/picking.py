"""The shopper picked an article that no message offered: from the suggestions, or the step's cards."""

from bot.context import Mask
from bot.errors import AppError
from bot.protocol import Choose

LABEL_LIMIT = 200


def check_picked(frame: Choose, mask: Mask) -> tuple[str, str]:
    """The article's id, and its title as the shopper saw it. AppError `bad_value` when one is missing."""
    label = mask(frame.label.strip())[:LABEL_LIMIT]
    if not frame.article or not label:
        raise AppError(
            "bad_value",
            "`seq` 0 picks an article by `article` and `label`, and one of them is empty.",
            "Send the id and the title, as in `suggestions`.",
        )
    return frame.article, label
