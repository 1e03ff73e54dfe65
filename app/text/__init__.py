"""Pure functions from raw Indonesian text to tokens that remember where they stood."""
