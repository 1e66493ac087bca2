"""Whether two texts are about the same: the words that say what a text is about, in whichever ending."""

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]{3,}")
_SAME_START = 5
_MOST_ENDING = 3
# Words that say nothing of a subject, in the languages that shops write notices in.
_EMPTY = """
the and for are not but now our your you this that with from has have had will was were can could may
all any its his her their them they who what when where how why until till today tomorrow after before
just moment again soon later please work works working answering present does don doesn isn aren won
der die das den dem und oder nicht kein keine ein eine einen mit von für auf ist sind wird werden bis heute
morgen nach vor wir sie ihr ihre aber auch noch bitte gerade wieder geht gehen funktioniert wie was wann warum
les des une est sont pas pour avec sur par nous vous votre notre mais aussi encore demain quand comment
los las una por para con del que son está están pero también hoy mañana nuestro cuando como
"""
# Words of every checkout: two of them together make a subject, one alone does not.
_COMMON = """
order orders card cards pay paying payment payments shop store deliver delivery delivered shipping
parcel parcels price prices checkout bestellung bestellungen karte karten zahlung zahlen bezahlen
lieferung paket commande commandes carte cartes payer paiement livraison colis pedido pedidos tarjeta
tarjetas pago pagar envío entrega
"""
EMPTY = frozenset(_EMPTY.split())
COMMON = frozenset(_COMMON.split())


def words_of(text: str) -> frozenset[str]:
    """The words that say what a text is about."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(word for word in _WORD.findall(folded) if word not in EMPTY)


def shared(asked: frozenset[str], told: frozenset[str]) -> frozenset[str]:
    """The words of `told` that were asked, in whichever ending."""
    return frozenset(word for word in told if any(_is_same(word, other) for other in asked))


def is_subject(found: frozenset[str]) -> bool:
    """Whether words make a subject: one that is not of every checkout, or two that are."""
    return any(word not in COMMON for word in found) or len(found) >= 2


def _is_same(one: str, other: str) -> bool:
    """Equal, or a long start in common and little after it."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > _MOST_ENDING or len(short) < _SAME_START - 1:
        return False
    return long.startswith(short[: max(_SAME_START, len(short) - 2)])
