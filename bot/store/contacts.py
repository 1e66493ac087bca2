"""Where to reach shoppers whom nobody could serve at once."""

from sqlalchemy import select

from bot.store.database import Store
from bot.store.models import Contact


async def contact(store: Store, conversation_id: str) -> Contact | None:
    """The newest address the shopper left, or None."""
    query = select(Contact).where(Contact.conversation_id == conversation_id).order_by(Contact.id.desc())
    async with store.read() as session:
        return await session.scalar(query.limit(1))
