from databases import settings, store

__all__ = ["settings", "store"]
