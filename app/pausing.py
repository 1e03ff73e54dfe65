"""Between two looks of what goes on beside the requests."""

from __future__ import annotations

import asyncio


async def pause(seconds: float) -> None:
    """Wait until it is time to look again."""
    await asyncio.sleep(seconds)
