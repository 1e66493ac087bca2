"""Who the shopper is: our own signed visitor token, and what the shop signs."""

from dataclasses import dataclass

import jwt

from bot.clock import Clock
from bot.errors import AppError
from bot.settings import Site

_AUDIENCE = "checkout-chat-visitor"
_LEEWAY_S = 30


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the shop says the shopper is. `subject` is the shop's own name for them."""

    subject: str
    name: str | None
    email: str | None


class VisitorTokens:
    """Signs and reads the token by which a browser is known again. It names a visitor and a site."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    @property
    def secret(self) -> bytes:
        """The key, for what else of a visitor nobody outside may work out."""
        return self._secret.encode()

    def issue(self, site: str, visitor_id: str) -> str:
        """A token for the browser to keep."""
        claims = {
            "aud": _AUDIENCE,
            "sub": visitor_id,
            "site": site,
            "iat": int(self._clock.now().timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, site: str, token: str) -> str:
        """The visitor's id. AppError `bad_token` for a token that is not ours, or another site's."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": ["sub", "site"], "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError):
            claims = {}
        if claims.get("site") != site:
            raise AppError(
                "bad_token", "This visitor token was not made here.", "Forget it and connect without one."
            )
        return str(claims["sub"])


def read_identity(site: Site, token: str) -> Identity:
    """Who the shop says this is. AppError `bad_value` when no key of the site signed it, or it ran out."""
    why = "the site has no identity key"
    for key in site.identity_keys:
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.alg],
                leeway=_LEEWAY_S,
                options={"require": ["exp", "sub"], "verify_aud": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            why = _why(error)
            continue
        return Identity(
            str(claims["sub"])[:200], _optional(claims, "name", 200), _optional(claims, "email", 320)
        )
    raise AppError("bad_value", f"`jwt` was not accepted: {why}.", "Sign it anew, with `sub` and `exp`.")


def _why(error: Exception) -> str:
    if isinstance(error, jwt.ExpiredSignatureError):
        return "it has expired"
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"it has no `{error.claim}`"
    return "no key of the site signed it"


def _optional(claims: dict[str, object], name: str, limit: int) -> str | None:
    value = claims.get(name)
    return value[:limit] if isinstance(value, str) and value else None
