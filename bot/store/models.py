"""The tables. Rows that a store function returned are read-only for its caller."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]
RowId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, also where the database keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; give the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """An aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares: names for its constraints, and how Python types are kept."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, Json: JSON, list[Any]: JSON}  # noqa: RUF012


class Visitor(Base):
    """A shopper who agreed to be known again. `subject` is the shop's own name for them, if signed."""

    __tablename__ = "visitors"
    __table_args__ = (Index(None, "site", "subject"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    verified: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Staff(Base):
    """Someone who may sign in at the desk; `email` is in lower case."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """One sign-in; only a hash of its token is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(128), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Conversation(Base):
    """One conversation: its owner and epoch, and where it stands.

    `generation` counts the Rasa conversations it has had; `dialogue` is what `actions` wants back;
    `shopper` is {"name", "email", "subject", "verified"}; `linked` says whether earlier ones may be shown.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(None, "owner", "queued_at"),
        Index(None, "visitor_id", "created_at"),
        Index(None, "updated_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    visitor_id: Mapped[str] = mapped_column(String(64))
    linked: Mapped[bool] = mapped_column(Boolean)
    owner: Mapped[str] = mapped_column(String(16))
    epoch: Mapped[int] = mapped_column(Integer)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    agent_name: Mapped[str | None] = mapped_column(String(200))
    last_seq: Mapped[int] = mapped_column(Integer)
    generation: Mapped[int] = mapped_column(Integer)
    dialogue: Mapped[Json]
    context: Mapped[Json]
    shopper: Mapped[Json]
    locale: Mapped[str] = mapped_column(String(35))
    language: Mapped[str | None] = mapped_column(String(35))
    contact: Mapped[str] = mapped_column(String(16))
    settled: Mapped[str | None] = mapped_column(Text)
    closed_reason: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    # Every UPDATE of a conversation names the epoch it was read at, and changes nothing at another one.
    __mapper_args__ = {"version_id_col": epoch, "version_id_generator": False}  # noqa: RUF012


class Message(Base):
    """One message. `body` holds what its kind adds: nodes, answer, choices, chosen, notice, offer."""

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(200))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    client_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(35))
    text: Mapped[str] = mapped_column(Text)
    body: Mapped[Json]
    question: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[float | None]
    band: Mapped[str | None] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))


class Accepted(Base):
    """A client's frame that was taken, so that sending it again changes nothing.

    `sender` is a visitor or a member of staff; `seq` the message it became, if it became one.
    """

    __tablename__ = "accepted"

    sender: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    seq: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]


class Turn(Base):
    """The assistant's turn that a shopper's message asks for; open until `outcome` is set.

    `say` is what Rasa is told. `epoch` is the conversation's when the turn was made.
    """

    __tablename__ = "turns"
    __table_args__ = (Index(None, "ended_at", "lease_until"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    seq: Mapped[int | None] = mapped_column(Integer)
    say: Mapped[str] = mapped_column(Text)
    epoch: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer)
    worker: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))


class OwnerChange(Base):
    """One change of owner; `by` names who made it: shopper, assistant, system or an agent's name."""

    __tablename__ = "owner_changes"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)


class HandOver(Base):
    """One hand-over to people, with its package: what cannot be read elsewhere, and the context then."""

    __tablename__ = "hand_overs"
    __table_args__ = (UniqueConstraint("conversation_id", "epoch"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    epoch: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    question: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(32))
    confidence: Mapped[float | None]
    package: Mapped[Json]


class Contact(Base):
    """Where to reach a shopper whom nobody could serve at once."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    question: Mapped[str] = mapped_column(Text)


class Event(Base):
    """What happened, for those who count it later; never a shopper's words."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "conversation_id", "id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[Json]


class Exposure(Base):
    """The first time a trigger came true for a visitor, and which arm of its experiment they are in.

    `ordered_at` is their first order after it. `control_share` is the chance that they had of being in
    control, which the statistics rest on.
    """

    __tablename__ = "exposures"
    __table_args__ = (UniqueConstraint("visitor_id", "trigger", "site"), Index(None, "site", "trigger", "id"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    site: Mapped[str] = mapped_column(String(64))
    visitor_id: Mapped[str] = mapped_column(String(64))
    trigger: Mapped[str] = mapped_column(String(64))
    arm: Mapped[str] = mapped_column(String(16))
    control_share: Mapped[float]
    at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]


class Order(Base):
    """An order that the page reported as completed; `value` is a decimal number."""

    __tablename__ = "orders"
    __table_args__ = (Index(None, "visitor_id", "at"), Index(None, "site", "at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    site: Mapped[str] = mapped_column(String(64))
    visitor_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    value: Mapped[str | None] = mapped_column(String(32))
    currency: Mapped[str | None] = mapped_column(String(3))


class Quieting(Base):
    """A trigger that silenced itself because it cost orders; over once `lifted_at` is set.

    `evidence` is the e-value that decided it.
    """

    __tablename__ = "quietings"
    __table_args__ = (Index(None, "site", "trigger"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    site: Mapped[str] = mapped_column(String(64))
    trigger: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    evidence: Mapped[float]
    lifted_at: Mapped[datetime | None]


class Nudge(Base):
    """One time the assistant spoke first to a visitor who may be known again.

    `about` is the rule's id for a guess, else the event and its code. `seq` is the offer's message.
    """

    __tablename__ = "nudges"
    __table_args__ = (Index(None, "visitor_id", "at"),)

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    visitor_id: Mapped[str] = mapped_column(String(64))
    trigger: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(200))
    guess: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]


class Notice(Base):
    """A known problem or a change that shoppers are told of; it holds from `starts_at` until `ends_at`.

    `texts` and `over` (what is said when it has ended) are by locale. Empty lists mean: everywhere.
    """

    __tablename__ = "notices"
    __table_args__ = (Index(None, "site", "ends_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    texts: Mapped[Json]
    over: Mapped[Json]
    steps: Mapped[list[Any]]
    countries: Mapped[list[Any]]
    methods: Mapped[list[Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class NoticeWait(Base):
    """A conversation that wants to be told when a notice is over; `told_at` is when it was."""

    __tablename__ = "notice_waits"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)


class File(Base):
    """One attached file; message `seq` shows it, and the folder of uploads holds its bytes under `id`."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(Integer)
