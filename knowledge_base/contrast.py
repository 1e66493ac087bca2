"""Contrastive training of a sentence model on the questions of articles.

Two phrasings of one article belong together, those of other articles apart (multiple negatives ranking,
Henderson et al., 2017), each batch made of articles that lie close.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from knowledge_base.index import Entry, Index

Places = NDArray[np.int64]
Heard = Callable[[int], None]

WARM_UP: Final = 10
RATE: Final = 3e-5
SHARPNESS: Final = 20.0
BATCH: Final = 32
NEAR: Final = 3
NEIGHBOURS: Final = 10
LONGEST_TOKENS: Final = 32


def trained(
    learner: SentenceTransformer,
    entries: Sequence[Entry],
    neighbours: Places,
    steps: int,
    seed: int,
    heard: Heard,
) -> SentenceTransformer:
    """`learner`, trained by contrast between articles; `heard` gets the number of each step done."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    longest, learner.max_seq_length = learner.max_seq_length, LONGEST_TOKENS
    texts = [(*entry.questions, *entry.answers[:1]) for entry in entries]
    optimizer = torch.optim.AdamW(learner.parameters(), lr=RATE, weight_decay=0.01)
    learner.train()
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, step / WARM_UP) * (1.0 - max(0, step - WARM_UP) / (1.2 * steps))
        pairs = [_pair(texts[row], random) for row in _batch(neighbours, random)]
        loss = _contrast(learner, [one for one, _ in pairs], [other for _, other in pairs])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        heard(step)
    learner.eval()
    learner.max_seq_length = longest
    return learner


def neighbours_of(index: Index) -> Places:
    """For each article the rows of those whose centres lie closest."""
    centres = index.sums / (np.linalg.norm(index.sums, axis=1, keepdims=True) + 1e-9)
    near = centres @ centres.T
    np.fill_diagonal(near, -2.0)
    return np.argsort(-near, axis=1)[:, : min(NEIGHBOURS, len(centres) - 1)]


def mixed(base: SentenceTransformer, learned: SentenceTransformer, share: float) -> SentenceTransformer:
    """A model whose weights are `share` of the trained ones and the rest of the others."""
    found = copy.deepcopy(base)
    mine, theirs = base.state_dict(), learned.state_dict()
    found.load_state_dict(
        {
            name: torch.lerp(value, theirs[name], share) if value.is_floating_point() else value
            for name, value in mine.items()
        }
    )
    return found


def _contrast(learner: SentenceTransformer, some: list[str], others: list[str]) -> torch.Tensor:
    features = learner.preprocess([*some, *others])
    vectors = torch.nn.functional.normalize(learner(features)["sentence_embedding"], dim=1)
    logits = SHARPNESS * vectors[: len(some)] @ vectors[len(some) :].T
    own = torch.arange(len(some))
    there = torch.nn.functional.cross_entropy(logits, own)
    return (there + torch.nn.functional.cross_entropy(logits.T, own)) / 2


def _batch(neighbours: Places, random: np.random.Generator) -> list[int]:
    """Different articles, each chosen one followed by some that lie close to it."""
    wanted = min(BATCH, len(neighbours))
    chosen: dict[int, None] = {}
    while len(chosen) < wanted:
        row = int(random.integers(len(neighbours)))
        near = random.permutation(neighbours[row])[:NEAR]
        chosen.update(dict.fromkeys([row, *map(int, near)]))
    return list(chosen)[:wanted]


def _pair(texts: Sequence[str], random: np.random.Generator) -> tuple[str, str]:
    places = random.permutation(len(texts))
    return texts[int(places[0])], texts[int(places[-1])]
