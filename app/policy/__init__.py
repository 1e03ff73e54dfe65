"""Which rules a person should look at for an act, and in which phase of an election it was done. Never a verdict."""
