"""Why something was refused or changed: the codes a page may send, in one spelling each, and their words."""

from collections.abc import Mapping
from typing import Final

from knowledge_base.countries import country_code
from knowledge_base.declines import DECLINES, decline_code, normal

# The reasons that have a name, by event, with what a shopper is told.
REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "payment.failed": DECLINES,
    "payment.authentication_failed": {
        "timed_out": "Your bank asked for a confirmation and it timed out.",
        "refused": "Your bank asked for a confirmation and it was refused.",
        "cancelled": "The confirmation with your bank was closed before it was finished.",
        "unavailable": "Your bank's confirmation could not be reached.",
    },
    "coupon.rejected": {
        "expired": "This code has ended.",
        "not_started": "This code can't be used yet.",
        "minimum": "The cart is below the amount this code asks for.",
        "not_combinable": "This code can't be used together with another one.",
        "unknown": "We don't know this code.",
        "used": "This code was used already.",
        "excluded_items": "This code does not cover what is in the cart.",
        "not_eligible": "This code is for other customers or orders.",
    },
    "address.rejected": {
        "po_box": "The carrier can't deliver to a PO box.",
        "undeliverable": "The carrier does not deliver to this address.",
        "postcode": "The postcode does not fit the town or the country.",
        "country": "We don't ship to this country.",
        "street": "The street or the house number can't be used.",
        "city": "The town does not fit the postcode.",
        "phone": "The carrier needs a phone number.",
    },
    "total.changed": {
        "shipping": "The delivery fee changed.",
        "tax": "Tax was added or changed.",
        "duties": "Import duties were added or changed.",
        "coupon": "A coupon no longer counts, or counts differently.",
        "price": "The price of an item changed.",
        "items": "The items in the cart changed.",
    },
}
_SPELLINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "payment.authentication_failed": {
        "timed_out": "timeout time_out expired authentication_timeout challenge_timeout no_response",
        "refused": "rejected denied declined failed authentication_rejected not_authenticated n r",
        "cancelled": ("canceled aborted abandoned closed user_cancelled user_canceled challenge_cancelled"),
        "unavailable": (
            "not_available error attempt_failed not_enrolled issuer_unavailable acs_unavailable u"
        ),
    },
    "coupon.rejected": {
        "expired": "ended code_expired coupon_expired outdated past no_longer_valid",
        "not_started": "not_yet not_yet_valid not_active too_early",
        "minimum": (
            "min minimum_not_met minimum_not_reached min_not_met below_minimum minimum_order "
            "minimum_amount minimum_spend subtotal_too_low cart_too_small"
        ),
        "not_combinable": (
            "not_stackable cannot_combine cant_combine combination already_applied other_code_in_use"
        ),
        "unknown": (
            "invalid invalid_code not_found no_such_code does_not_exist unrecognised unrecognized "
            "not_recognised"
        ),
        "used": (
            "already_used used_up usage_limit usage_limit_reached limit_reached redeemed already_redeemed"
        ),
        "excluded_items": "excluded items not_applicable no_eligible_items products category_excluded",
        "not_eligible": (
            "first_order first_order_only customer_not_eligible new_customers_only wrong_customer country"
        ),
    },
    "address.rejected": {
        "po_box": "pobox post_box postbox po_box_not_allowed",
        "undeliverable": "not_deliverable no_delivery unreachable carrier_refused not_found",
        "postcode": (
            "zip zip_code postal_code post_code plz postcode_mismatch invalid_postcode invalid_zip "
            "invalid_postal_code"
        ),
        "country": "country_not_served not_served unsupported_country region",
        "street": "address1 address_line1 line1 street_address house_number invalid_street",
        "city": "town locality invalid_city",
        "phone": "tel telephone phone_number invalid_phone",
    },
    "total.changed": {
        "shipping": "delivery delivery_fee shipping_fee freight",
        "tax": "taxes vat sales_tax",
        "duties": "duty customs import_duties",
        "coupon": "discount promotion promo voucher coupon_removed",
        "price": "prices price_changed",
        "items": "item quantity stock cart",
    },
}
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    event: {code: code for code in REASONS[event]}
    | {spelling: code for code, many in spellings.items() for spelling in many.split()}
    for event, spellings in _SPELLINGS.items()
}


def canonical(event: str, code: object) -> str | None:
    """A code of an event in our spelling, or as it was where it is not known; None for what is no code."""
    if event == "payment.failed":
        return decline_code(code)
    spelled = normal(code)
    if event == "shipping.unavailable":
        return country_code(spelled)
    return _CODES.get(event, {}).get(spelled, spelled) if spelled else None


def is_known(event: str, code: str) -> bool:
    """Whether a code in our spelling has a meaning here."""
    return code in REASONS.get(event, {})


def words_of_code(event: str, code: str | None) -> str | None:
    """What a shopper is told of a code, in English; None where it is not known."""
    return REASONS.get(event, {}).get(code or "")
