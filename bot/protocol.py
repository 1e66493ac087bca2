"""The shopper's frames as they come over the wire, checked; docs/protocol.md is their contract."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import AppError

VERSION = 1
FRAME_BYTES = 16_000
CLOSE_BYTES = 64_000
BATCH_BYTES = 256_000
TEXT_LIMIT = 2_000
DATA_BYTES = 2_000
_NUMBER_LIMIT = 2**31 - 1

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Seq = Annotated[int, Field(ge=0, le=_NUMBER_LIMIT)]
Scalar = str | int | float | bool | None


class Frame(BaseModel):
    """What every frame shares: unknown fields are ignored, values are not guessed."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


AnyFrame = TypeVar("AnyFrame", bound=Frame)


class Hello(Frame):
    """Who connects, to which site, and what was seen last."""

    type: Literal["hello"]
    v: int
    site: str = Field(max_length=64)
    visitor: str | None = Field(None, max_length=2_000)
    conversation: str | None = Field(None, max_length=64)
    after: Seq = 0
    locale: str = ""
    context: Any = None


class Say(Frame):
    """The shopper's words."""

    type: Literal["say"]
    id: ClientId
    text: str


class Choose(Frame):
    """A button under a clarifying question; `article` None is "none of these".

    `seq` 0 is an article that no message offered: one of the suggestions, or of the step's cards.
    """

    type: Literal["choose"]
    id: ClientId
    article: str | None = Field(max_length=200)
    label: str = ""
    seq: Seq


class Verdict(Frame):
    """Whether the answer with number `seq` helped."""

    type: Literal["verdict"]
    id: ClientId
    seq: Seq
    helped: bool


class AskPerson(Frame):
    """The shopper wants a person."""

    type: Literal["ask_person"]
    id: ClientId


class Contact(Frame):
    """Where to reach the shopper."""

    type: Literal["contact"]
    id: ClientId
    name: str = ""
    email: str
    question: str = ""


class ContextFrame(Frame):
    """Where the shopper is: only the keys that changed."""

    type: Literal["context"]
    context: Any


class Track(Frame):
    """Something happened on the page."""

    type: Literal["track"]
    id: ClientId
    event: Annotated[str, Field(pattern=r"^[a-z_.]{1,64}$")]
    data: dict[str, Scalar] = Field(default_factory=dict)


class Fire(Frame):
    """A guess came true in the browser: the rule `trigger` of the guide."""

    type: Literal["fire"]
    id: ClientId
    trigger: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


class Suggest(Frame):
    """What the shopper has typed so far; a newer one cancels an older one."""

    type: Literal["suggest"]
    id: ClientId
    text: str = Field(max_length=TEXT_LIMIT)


class Erase(Frame):
    """The shopper wants the conversation deleted."""

    type: Literal["erase"]
    id: ClientId


class NotifyMe(Frame):
    """The shopper wants to be told when a notice is over."""

    type: Literal["notify_me"]
    id: ClientId
    notice: str = Field(max_length=64)


class Dismiss(Frame):
    """The offer with number `seq` was put away."""

    type: Literal["dismiss"]
    seq: Seq


class Identify(Frame):
    """The shop says who this is."""

    type: Literal["identify"]
    jwt: str = Field(max_length=8_000)


class TypingFrame(Frame):
    """The shopper is writing."""

    type: Literal["typing"]


class Ping(Frame):
    """Is anybody there."""

    type: Literal["ping"]


ShopperFrame = (
    Hello
    | Say
    | Choose
    | Verdict
    | AskPerson
    | Contact
    | ContextFrame
    | Track
    | Fire
    | Suggest
    | Erase
    | NotifyMe
    | Dismiss
    | Identify
    | TypingFrame
    | Ping
)
_MODELS: Mapping[str, type[ShopperFrame]] = MappingProxyType(
    {
        "hello": Hello,
        "say": Say,
        "choose": Choose,
        "verdict": Verdict,
        "ask_person": AskPerson,
        "contact": Contact,
        "context": ContextFrame,
        "track": Track,
        "fire": Fire,
        "suggest": Suggest,
        "erase": Erase,
        "notify_me": NotifyMe,
        "dismiss": Dismiss,
        "identify": Identify,
        "typing": TypingFrame,
        "ping": Ping,
    }
)


class Batch(Frame):
    """The HTTP form: frames, the first of them `hello`, and how long to wait for news."""

    v: int
    wait_s: Annotated[float, Field(ge=0, le=25, strict=False)] = 0
    frames: list[dict[str, Any]] = Field(min_length=1, max_length=50)


def read_object(raw: str | bytes, limit_bytes: int = FRAME_BYTES) -> dict[str, Any]:
    """The JSON object in `raw`, in text that any database can keep. AppError `too_large`, `bad_json`."""
    size = len(raw.encode("utf-8", "surrogatepass")) if isinstance(raw, str) else len(raw)
    if size > limit_bytes:
        raise AppError(
            "too_large",
            f"This frame has {size:,} bytes, {limit_bytes:,} are the most.",
            "Send less at once.",
        )
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise AppError("bad_json", "This is not JSON.", "Send one JSON object for each frame.") from None
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise AppError("bad_json", f"A frame is a JSON object, not a {kind}.", "Send an object with `type`.")
    tidy: dict[str, Any] = _tidy(value)
    return tidy


def frame_id(given: Mapping[str, Any]) -> str | None:
    """The id of a frame, also of one that is wrong, so that its error can name it."""
    found = given.get("id")
    return found if isinstance(found, str) and len(found) <= 64 else None


def read_frame(given: Mapping[str, Any], models: Mapping[str, type[AnyFrame]]) -> AnyFrame:
    """The frame, as the model for its `type`. AppError `missing_field`, `unknown_type`, `bad_value`."""
    name = given.get("type")
    if name is None:
        raise AppError(
            "missing_field", "`type` is missing.", "Name the frame's type, as in docs/protocol.md."
        )
    model = models.get(name) if isinstance(name, str) else None
    if model is None:
        raise AppError(
            "unknown_type", f"There is no frame of type {_short(name)}.", f"Known: {', '.join(models)}."
        )
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise_problem(error)


def parse(given: Mapping[str, Any]) -> ShopperFrame:
    """The frame. AppError `missing_field`, `unknown_type`, `bad_value`, `too_large`."""
    frame = read_frame(given, _MODELS)
    _check_sizes(frame)
    return frame


def parse_batch(given: Mapping[str, Any]) -> Batch:
    """The HTTP form's body. AppError as for a frame."""
    try:
        return Batch.model_validate(given)
    except ValidationError as error:
        raise_problem(error)


def raise_problem(error: ValidationError) -> NoReturn:
    """Raise the first problem of a frame as AppError `missing_field` or `bad_value`."""
    problem = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "missing":
        raise AppError("missing_field", f"`{name}` is missing.", "See docs/protocol.md.") from None
    raise AppError(
        "bad_value",
        f"`{name}`: {problem['msg']} (seen: {_short(problem['input'])}).",
        "See docs/protocol.md.",
    ) from None


def _check_sizes(frame: ShopperFrame) -> None:
    if isinstance(frame, Say):
        if len(frame.text) > TEXT_LIMIT:
            raise AppError(
                "too_large",
                f"This message has {len(frame.text):,} characters, {TEXT_LIMIT:,} are the most.",
                "Send it in parts.",
            )
        if not frame.text.strip():
            raise AppError("bad_value", "`text` is empty.", "Write something.")
    if isinstance(frame, Track):
        size = len(json.dumps(frame.data, ensure_ascii=False).encode())
        if size > DATA_BYTES:
            raise AppError(
                "too_large", f"`data` has {size:,} bytes, {DATA_BYTES:,} are the most.", "Send what matters."
            )


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_tidy(key): _tidy(item) for key, item in value.items()}
    return [_tidy(item) for item in value] if isinstance(value, list) else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
