"""A small shop on disk, and one model for the whole session."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.library import Library

os.environ["HF_HUB_OFFLINE"] = "1"

SHOP = {
    "delivery-time": (
        "How long does delivery take?",
        [
            "how long does shipping take",
            "when will my order arrive",
            "delivery time to germany",
            "how many days",
        ],
        "Parcels take 1 to 3 working days to Austria and Germany and up to 7 elsewhere in the EU.",
        "steps: [delivery]",
    ),
    "delivery-cost": (
        "What does delivery cost?",
        ["how much is shipping", "delivery fee", "is shipping free", "postage price"],
        "Standard delivery costs 4.90 euros to Austria and Germany, free from 100 euros.",
        "steps: [cart, delivery]",
    ),
    "express-delivery": (
        "Is there express delivery?",
        ["can I get it tomorrow", "express shipping", "fastest delivery", "how much is express"],
        "Express delivery takes one working day and costs 12.90 euros.",
        "steps: [delivery]",
    ),
    "returns": (
        "How do I return something?",
        ["send it back", "return my order", "i want to return the jacket", "return label"],
        "Send it back within 30 days with the label from your account.",
        "steps: [after]",
    ),
    "card-declined": (
        "Why was my card declined?",
        ["payment failed", "card was refused", "my card does not work", "payment not going through"],
        "Your bank said no. Try another card or PayPal, or ask your bank.",
        "steps: [payment]\nevents: [payment.failed]",
    ),
    "no-funds": (
        "Declined: not enough money",
        ["insufficient funds", "not enough money on the card", "balance too low", "card has no money"],
        "Your bank says there is not enough money on this card. Use another card or PayPal.",
        'steps: [payment]\nevents: ["payment.failed:insufficient_funds"]',
    ),
    "coupon": (
        "My coupon does not work",
        ["promo code not accepted", "discount code", "voucher refused", "where do I enter a coupon"],
        "Enter the code in the cart. One code counts for each order.",
        "steps: [cart]\nevents: [coupon.rejected]",
    ),
    "privacy": (
        "What do you do with my data?",
        ["delete my data", "privacy policy", "do you sell my data", "gdpr request"],
        "We keep what the order needs and nothing else. We delete it on request.",
        "tags: [privacy]",
    ),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The ONNX export of another package leaves its scratch folder to the garbage collector."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning"))


WriteArticle = Callable[..., Path]


def article_text(title: str, questions: list[str], answer: str, extra: str = "") -> str:
    """An article file."""
    lines = "\n".join(f"  - {question!r}" for question in questions)
    head = f"title: {title!r}\nquestions:\n{lines}\n{extra}".rstrip()
    return f"---\n{head}\n---\n{answer}\n"


@pytest.fixture(scope="session")
def model_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store for the exported model alone."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def encoder(model_store: Path) -> Encoder:
    """The packaged model through the backend a shop would get."""
    return load_encoder(PACKAGED_MODEL, model_store)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop folder with eight articles."""
    return make_shop(tmp_path / "shop")


def make_shop(folder: Path) -> Path:
    """Writes the eight articles."""
    articles = folder / "articles" / "en"
    articles.mkdir(parents=True)
    for name, (title, questions, answer, extra) in SHOP.items():
        (articles / f"{name}.md").write_text(article_text(title, questions, answer, extra), encoding="utf-8")
    return folder


@pytest.fixture
def write(shop: Path) -> WriteArticle:
    """Writes one more article, or another text for one that is there."""

    def to_file(name: str, text: str | bytes | None = None, locale: str = "en", **parts: object) -> Path:
        path = shop / "articles" / locale / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text if text is not None else article_text(**parts), encoding="utf-8")  # type: ignore[arg-type]
        return path

    return to_file


@pytest.fixture
def library(shop: Path, tmp_path: Path, encoder: Encoder, shared_store: Path) -> Iterator[Library]:
    """The eight articles, live; the folder may be changed. Starts from the shared index, which is faster."""
    shutil.copytree(shared_store / "index", tmp_path / "store" / "index")
    opened = Library(shop, tmp_path / "store", encoder=encoder).open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A store with the index of the eight articles."""
    folder = tmp_path_factory.mktemp("shared")
    Library(make_shop(folder / "shop"), folder / "store", encoder=encoder).open().close()
    return folder / "store"


@pytest.fixture(scope="session")
def shared(shared_store: Path, encoder: Encoder) -> Iterator[Library]:
    """The eight articles, live, for tests that only ask."""
    opened = Library(shared_store.parent / "shop", shared_store, encoder=encoder).open()
    yield opened
    opened.close()
