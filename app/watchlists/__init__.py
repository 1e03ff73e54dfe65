"""Who stands in which election: contestants, parties, slogans, calendars, and finding them in text."""
