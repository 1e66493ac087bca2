"""Where the shopper is while asking: the facts that shift a ranking or choose an article's variant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from knowledge_base.cart import Cart
from knowledge_base.countries import ALIASES, EU, country_code, in_country
from knowledge_base.events import Scalar, checked, code_of
from knowledge_base.facts import NO_FACTS, Facts
from knowledge_base.reasons import canonical
from knowledge_base.values import Money

__all__ = ["ALIASES", "CONDITIONS", "EU", "Conditions", "Context", "country_code", "in_country"]

WORDS: Final = frozenset({"step", "country", "currency", "locale", "event", "code"})
# What does not change from one minute to the next.
LASTING: Final = frozenset({"step", "country", "currency", "locale"})
# Of the cart: from or below an amount, or a number of items. An amount may be a fact's name.
AMOUNTS: Final = frozenset({"total_from", "total_below", "goods_from", "goods_below"})
COUNTS: Final = frozenset({"items_from", "items_below"})
COUPONS: Final = ("none", "applied", "rejected")
DATA: Final = "data."
CONDITIONS: Final = WORDS | AMOUNTS | COUNTS | {"coupon"}
_TEXT_LIMIT: Final = 2_000

# By name, in order; what an event's data must be stands under `data.<field>`.
Conditions = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the shopper. Every field may be unknown (None). `data` are those of the event."""

    step: str | None = None
    country: str | None = None
    currency: str | None = None
    locale: str | None = None
    event: str | None = None
    code: str | None = None
    last_question: str | None = None
    cart: Cart | None = None
    data: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, given: Mapping[str, object] | None) -> "Context":
        """A context from untrusted JSON: what is not understood is left out, nothing raises.

        `event` may be a name, `name:code`, or `{"event", "code", "data"}`.
        """
        if not isinstance(given, Mapping):
            return cls()
        event, code, data = given.get("event"), given.get("code"), None
        if isinstance(event, Mapping):
            data = event.get("data")
            code = event.get("code") or code
            event = event.get("event") or event.get("name")
        name, tail = _word(event), _word(code)
        if name and ":" in name:
            name, _, rest = name.partition(":")
            tail = tail or rest
        return cls(
            step=_word(given.get("step")),
            country=country_code(_word(given.get("country"))),
            currency=_upper(_word(given.get("currency"))),
            locale=_word(given.get("locale")),
            event=name,
            code=(code_of(name, data) or canonical(name, tail)) if name else tail,
            last_question=_text(given.get("last_question")),
            cart=Cart.of(given.get("cart")),
            data=checked(name, data)[0] if name and isinstance(data, Mapping) else {},
        )

    def meets(self, when: Conditions, facts: Facts = NO_FACTS) -> bool:
        """Whether every condition holds; what is unknown meets none. `facts` tell amounts by name."""
        return all(self._meets_one(name, values, facts) for name, values in when)

    def contradicts(self, when: Conditions) -> bool:
        """Whether something is known and a condition on it fails; cart and event data are left aside."""
        return any(
            name in WORDS and self._word_of(name) and not self._meets_word(name, values)
            for name, values in when
        )

    def _meets_one(self, name: str, values: tuple[str, ...], facts: Facts) -> bool:
        if name in WORDS:
            return self._meets_word(name, values)
        if name in AMOUNTS:
            return self._meets_amount(name, values, facts)
        if name in COUNTS:
            return self._meets_count(name, values)
        if name == "coupon":
            return any(self._coupon_is(value) for value in values)
        given = self.data.get(name.removeprefix(DATA))
        return given is not None and str(given).lower() in {value.lower() for value in values}

    def _word_of(self, name: str) -> str | None:
        value: str | None = getattr(self, name)
        return value

    def _meets_word(self, name: str, values: tuple[str, ...]) -> bool:
        word = self._word_of(name)
        if word is None:
            return False
        if name == "country":
            return any(in_country(word, value) for value in values)
        if name == "locale":
            return any(word.lower().split("-")[0] == value.lower().split("-")[0] for value in values)
        return word.lower() in {value.lower() for value in values}

    def _meets_amount(self, name: str, values: tuple[str, ...], facts: Facts) -> bool:
        what, _, side = name.partition("_")
        sum_of: Money | None = getattr(self.cart, what, None)
        if sum_of is None:
            return False
        limit = _amount(values[0]) if len(values) == 1 else None
        if limit is None:
            stated = facts.present(values[0], self.country)
            if not isinstance(stated, Money) or stated.currency != sum_of.currency:
                return False
            limit = stated.amount
        return sum_of.amount >= limit if side == "from" else sum_of.amount < limit

    def _meets_count(self, name: str, values: tuple[str, ...]) -> bool:
        items = self.cart.items if self.cart else None
        limit = _amount(values[0])
        if items is None or limit is None:
            return False
        return items >= limit if name == "items_from" else items < limit

    def _coupon_is(self, state: str) -> bool:
        if state == "rejected":
            return self.event == "coupon.rejected"
        if self.cart is None:
            return False
        return (self.cart.coupon is not None) == (state == "applied")


def _amount(text: str) -> Decimal | None:
    whole, _, rest = text.partition(".")
    digits = whole + rest
    return Decimal(text) if digits.isascii() and digits.isdecimal() and whole and len(text) <= 16 else None


def _upper(value: str | None) -> str | None:
    return value.upper() if value else None


def _word(value: object) -> str | None:
    return value.strip()[:80] or None if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return value.strip()[:_TEXT_LIMIT] or None if isinstance(value, str) else None
