"""The sentence model as sentence-transformers runs it: the fall-back where it cannot be exported."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from knowledge_base.onnx_model import Vectors, quiet


class TorchModel:
    """The model as sentence-transformers runs it. One call at a time."""

    def __init__(self, folder: Path) -> None:
        torch.set_num_threads(1)
        with quiet():
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order."""
        with self._lock:
            vectors = self._model.encode(
                list(texts), batch_size=1, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        found: dict[str, int] = self._model.tokenizer.get_vocab()
        return found
