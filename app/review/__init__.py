"""People decide: what waits for them, what they decided and why, and the file that a case leaves with."""
