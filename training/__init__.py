"""From labelled texts to a checked model bundle."""
