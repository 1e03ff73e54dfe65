from databases import patient, settings, store

__all__ = ["patient", "settings", "store"]
