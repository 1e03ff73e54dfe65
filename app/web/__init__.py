"""The console: pages for people, made here and complete without script, other hosts or fonts to load."""
