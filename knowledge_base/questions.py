"""Messages that ask two things at once, and messages that only make sense after the one before."""

import re
from typing import Final

from knowledge_base.lexical import STOP_WORDS, words

_END: Final = re.compile(r"(?<=[.?!;])\s+|\n+")
_JOINT: Final = re.compile(
    r"\s*(?:,?\s+(?:and|n|&|\+)\s+(?:also\s+)?|,?\s+(?:also|plus|as well as)\s+"
    r"|[,/]\s+(?:and\s+)?|\s+[-–—]\s+)",
    re.IGNORECASE,
)
_OPENERS: Final = """
what which who whose when where why how can could do does did is are am was will would should shall may must
whats wheres hows whens cant dont isnt arent wont need want tell explain
"""
_CONDITION: Final = frozenset({"if", "when", "once", "since", "because", "as", "after", "before", "while"})
_ASKING: Final = frozenset(_OPENERS.split())
_FOLLOWING: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|so|then|also)[,\s]+)*(?:(?:what|how)\s+(?:about|abt|bout)|(?:and|or|but)\b|same\s+(?:for|with)|"
    r"(?:does|is|do|are|would|will|can)\s+(?:that|this|it|they|those|these)\b|(?:for|to|in|with|without)\s+\S+)",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|so|then|also|or)[,\s]+)*(?:(?:what|how)\s+(?:about|abt|bout)\s+)?(?:and\s+)?",
    re.IGNORECASE,
)
# Words that stand for something said before.
_POINTERS: Final = """
it its that this they them those these there one ones other others extra more less still also too yet then
same instead so else
"""
_POINTING: Final = frozenset(_POINTERS.split())
# Words for a program that would obey: a shopper who writes them does not ask for what an article says.
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.?!]{0,40}\b(?:instructions?|prompts?|rules|guidelines|directives)\b"
    r"|\b(?:system|developer|hidden|initial)\s+(?:prompt|message|instructions?)\b"
    r"|\byou\s+are\s+(?:now|no longer)\s+(?:an?|the|in|my|dan)\b"
    r"|\b(?:pretend|act)\s+(?:to be|as if|as an?|like an?|that|you(?:'re| are))\b"
    r"|\bjailbreak|\b(?:developer|dan|god)\s+mode\b|<\|?(?:system|im_start)",
    re.IGNORECASE,
)
LONGEST_FOLLOW_UP: Final = 9
MAX_PARTS: Final = 3


def sentences(message: str) -> list[str]:
    """The message cut at the ends of sentences."""
    return [part.strip() for part in _END.split(message) if words(part)]


def asks(text: str) -> bool:
    """Whether a piece reads like a question of its own."""
    found = words(_LEAD.sub("", text.strip(), count=1)) or words(text)
    return bool(found) and (text.rstrip().endswith("?") or not _ASKING.isdisjoint(_forms(found[0])))


def instructs(message: str) -> bool:
    """Whether a message gives a program orders: "ignore previous instructions and ..."."""
    return bool(_ORDERS.search(message))


def cuts(message: str) -> list[tuple[str, str]]:
    """Ways to cut a message in two at a joint such as "and", each side with words that mean something."""
    found = []
    for match in _JOINT.finditer(message):
        left, right = message[: match.start()].strip(), message[match.end() :].strip()
        if _carries(left) and _carries(right) and words(left)[0] not in _CONDITION:
            found.append((left, right))
    return found


def follows(message: str) -> bool:
    """Whether a message opens like one that leans on another: "and for express?", "what about Germany"."""
    return len(words(message)) <= LONGEST_FOLLOW_UP and bool(_FOLLOWING.match(message.strip()))


def points_back(message: str) -> bool:
    """Whether a short message has a word for something said before: "how long does that take"."""
    found = words(message)
    return len(found) <= LONGEST_FOLLOW_UP and not _POINTING.isdisjoint(found)


def joined(before: str, message: str) -> str:
    """The question before and the follow-up as one text; "what about Germany" adds "Germany"."""
    rest = _LEAD.sub("", message.strip(), count=1).strip()
    return f"{before.strip().rstrip('?!. ')}. {rest or message.strip()}"


def _forms(word: str) -> tuple[str, ...]:
    """A word and what it is short for: "what's" is "what", "couldn't" is "could", "we're" is not "were"."""
    if word.endswith("n't"):
        return word.removesuffix("n't"), word.replace("'", "")
    return word, word.partition("'")[0]


def _carries(text: str) -> bool:
    found = words(text)
    return len(found) >= 2 and any(word not in STOP_WORDS for word in found)
