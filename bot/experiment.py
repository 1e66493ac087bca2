"""Which arm of a trigger's experiment a visitor is in: for ever the same, and nobody can choose it."""

import hashlib
import hmac
from enum import StrEnum

_PURPOSE = b"experiment"
_STEPS = 2**53


class Arm(StrEnum):
    """Treated visitors are helped; control sees nothing."""

    TREATED = "treated"
    CONTROL = "control"


def arm(secret: bytes, visitor_id: str, trigger: str, control_share: float) -> Arm:
    """The visitor's arm for one trigger; control with probability `control_share`.

    A keyed hash (HMAC-SHA-256) of both names: stable over restarts and processes, independent between
    visitors and between triggers, and unknown to who does not hold the secret.
    """
    named = b"\0".join((_PURPOSE, trigger.encode(), visitor_id.encode()))
    digest = hmac.new(secret, named, hashlib.sha256).digest()
    drawn = (int.from_bytes(digest[:8], "big") >> 11) / _STEPS
    return Arm.CONTROL if drawn < control_share else Arm.TREATED
