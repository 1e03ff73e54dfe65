"""From tokens to a score, a band, a kind and the evidence for them."""
