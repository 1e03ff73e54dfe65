"""Who may call: keys, scopes, limits, pseudonyms."""
