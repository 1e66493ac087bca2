"""Why a card payment did not go through: the codes of networks and gateways as one code each, and its words.

Response codes are those of ISO 8583 field 39 as Visa and Mastercard use them; the spelled ones and those from
2000 on are what common payment gateways report. That a card was reported lost or stolen, or that a payment
looks like fraud, is between the bank and the holder: a shopper is told that the bank declined.
"""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["DECLINES", "decline_code", "normal"]

# What a shopper may be told, by our code. Nothing here says what became of the money.
DECLINES: Final[Mapping[str, str]] = {
    "insufficient_funds": "There was not enough money available on this card.",
    "do_not_honor": "Your bank declined the payment and gave no reason.",
    "declined_by_bank": "Your bank declined the payment.",
    "expired_card": "Your bank says this card has expired.",
    "incorrect_number": "The card number has a wrong or missing digit.",
    "incorrect_cvc": "The security code does not match this card.",
    "incorrect_expiry": "The expiry date does not match this card.",
    "incorrect_address": "The billing address does not match the one your bank has.",
    "incorrect_pin": "The PIN was not right.",
    "limit_exceeded": "The payment is above a limit of your card.",
    "authentication_required": "Your bank wants you to confirm this payment.",
    "not_permitted": "This card does not allow this kind of payment.",
    "card_not_supported": "This kind of card is not taken here.",
    "currency_not_supported": "This card can't be used in this currency.",
    "bank_unavailable": "Your bank could not be reached.",
    "processing_error": "Something went wrong on the way to your bank.",
    "duplicate": "The same payment was sent a moment before.",
    "cancelled": "The payment was cancelled before it was finished.",
}

_SPELLINGS: Final[Mapping[str, str]] = {
    "insufficient_funds": (
        "51 116 nsf not_sufficient_funds insufficient_fund insufficient_balance not_enough_balance "
        "not_enough_funds low_balance no_funds 2001"
    ),
    "do_not_honor": (
        "05 100 do_not_honour dont_honor general_decline generic_decline declined refused card_declined "
        "transaction_refused 2000 2038 2046"
    ),
    # Lost, stolen, picked up, suspected of fraud, closed, revoked: never told apart from any other refusal.
    "declined_by_bank": (
        "01 02 04 07 34 35 36 37 39 41 43 46 52 53 59 63 67 78 79 83 93 102 104 107 122 125 129 200 208 "
        "209 r0 r1 r3 call_issuer contact_issuer contact_card_issuer refer_to_issuer "
        "refer_to_card_issuer referral lost_card stolen_card lost_or_stolen pickup_card pick_up_card "
        "capture_card restricted_card blocked_card card_blocked fraudulent fraud fraud_cancelled "
        "acquirer_fraud issuer_suspected_fraud suspected_fraud merchant_blacklist highest_risk_level "
        "security_violation stop_payment_order revocation_of_authorization "
        "revocation_of_all_authorizations revocation_of_auth no_action_taken closed_account "
        "account_closed new_account_information_available policy_violation lifecycle life_cycle 2011 "
        "2012 2013 2014 2021 2041 2044 2047 2053 2057"
    ),
    "expired_card": "54 33 101 card_expired expired 2004",
    "incorrect_number": (
        "14 15 25 56 111 118 invalid_number invalid_card_number invalid_card incorrect_card_number "
        "invalid_account invalid_account_number no_such_issuer no_such_card unknown_card 2005 2007 2008 "
        "2009"
    ),
    "incorrect_cvc": (
        "n7 82 cvc_declined invalid_cvc invalid_cvv incorrect_cvv cvc_mismatch cvv_mismatch cvv_failed "
        "cvv2_failure security_code_mismatch invalid_security_code 2010"
    ),
    "incorrect_expiry": (
        "invalid_expiry invalid_expiry_month invalid_expiry_year invalid_expiry_date "
        "invalid_expiration_date incorrect_expiry_date expiry_mismatch 2006"
    ),
    "incorrect_address": (
        "avs_declined avs_failed avs_mismatch incorrect_zip incorrect_postcode "
        "address_verification_failed billing_address_mismatch 2059 2060"
    ),
    "incorrect_pin": (
        "38 55 75 86 106 117 invalid_pin wrong_pin offline_pin_required online_or_offline_pin_required "
        "pin_try_exceeded pin_tries_exceeded invalid_pin_tries pin_validation_not_possible"
    ),
    "limit_exceeded": (
        "61 65 121 123 limit amount_limit exceeds_limit over_limit credit_limit "
        "withdrawal_amount_exceeded withdrawal_count_exceeded withdrawal_count_limit_exceeded "
        "withdrawal_amount_limit_exceeded exceeds_withdrawal_limit exceeds_withdrawal_amount_limit "
        "exceeds_withdrawal_frequency_limit card_velocity_exceeded activity_limit_exceeded "
        "velocity_exceeded 2002 2003"
    ),
    "authentication_required": (
        "1a sca_required authentication_needed soft_decline requires_action requires_authentication "
        "3ds_required 3d_secure_required 3d_not_authenticated cardholder_authentication_required 2099"
    ),
    "not_permitted": (
        "12 57 58 62 119 invalid_transaction transaction_not_allowed transaction_not_permitted "
        "not_allowed service_not_allowed not_permitted_to_cardholder "
        "transaction_not_permitted_to_cardholder 2015 2019"
    ),
    "card_not_supported": (
        "not_supported card_type_not_supported unsupported_card brand_not_supported 2023 2024"
    ),
    "currency_not_supported": "invalid_currency unsupported_currency currency_mismatch",
    "bank_unavailable": (
        "91 92 issuer_unavailable issuer_not_available issuer_not_responding issuer_timeout "
        "bank_not_available issuer_or_switch_inoperative 3000"
    ),
    "processing_error": (
        "03 06 13 19 30 68 77 80 85 88 89 90 96 109 110 error acquirer_error try_again try_again_later "
        "reenter_transaction system_malfunction system_error invalid_amount format_error gateway_error "
        "network_error timeout timed_out 2048"
    ),
    "duplicate": "94 duplicate_transaction duplicate_payment 2016",
    "cancelled": (
        "17 canceled cancelled_by_customer cancelled_by_shopper shopper_cancelled customer_cancellation "
        "user_cancelled user_canceled aborted abandoned"
    ),
}
_CODES: Final[Mapping[str, str]] = {code: code for code in DECLINES} | {
    spelling: code for code, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
# Mastercard declines softly with 65 where it wants a strong authentication; elsewhere 65 counts payments.
_OF_A_NETWORK: Final[Mapping[tuple[str, str], str]] = {("mastercard", "65"): "authentication_required"}
_LONGEST: Final = 64
_MOST_WORDS: Final = 5
# Between a small letter and a capital: `insufficientFunds`.
_CAPITALS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z0-9_.]+")


def decline_code(code: object, network: object = None) -> str | None:
    """Our code for a network's or gateway's: `51`, `INSUFFICIENT_FUNDS`, "Not enough balance" are all one.

    One that is not known comes back spelled as ours are, for a shop's own articles; None for what is no code.
    `network` ("visa", "mastercard") decides where the networks differ.
    """
    spelled = normal(code)
    if spelled is None:
        return None
    of_network = _OF_A_NETWORK.get((normal(network) or "", spelled))
    return of_network or _CODES.get(spelled, spelled)


def normal(code: object) -> str | None:
    """A code in small letters and underscores, a response code in at least two characters; None for prose."""
    if isinstance(code, bool) or not isinstance(code, str | int):
        return None
    if isinstance(code, str) and len(code) > _LONGEST:
        return None
    try:
        text = str(code).strip()
    except ValueError:  # a whole number of more digits than Python writes out
        return None
    if len(text.split()) > _MOST_WORDS:
        return None
    text = _CAPITALS.sub("_", text).lower()
    text = re.sub(r"[\s\-:/]+", "_", text.replace("'", "")).strip("_")
    if not text or len(text) > _LONGEST or not _WORD.fullmatch(text):
        return None
    return text.zfill(2) if text.isdecimal() else text
