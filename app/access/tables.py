"""Tables of keys and of what was used with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, UtcDateTime


class ApiKey(Base):
    """A key without its secret. Limits: ``None`` follows the settings, 0 means none."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(80))  # joined by commas
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), default=None)
    requests_per_minute: Mapped[int | None] = mapped_column(BigInteger, default=None)
    items_per_day: Mapped[int | None] = mapped_column(BigInteger, default=None)


class ApiUsage(Base):
    """What all processes together took of one allowance in one period; periods are counted from 1970."""

    __tablename__ = "api_usage"

    key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    allowance: Mapped[str] = mapped_column(String(16), primary_key=True)
    period: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    used: Mapped[int] = mapped_column(BigInteger)
