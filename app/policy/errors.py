"""What can be wrong with the rule files. Nothing here is ever answered with a guess.

RulesError
├── RulesMissing         the folder or one of its files is not there
├── RulesUnreadable      a file is not UTF-8, not YAML, or gives a key twice
├── RulesInvalid         a file does not have the shape it must have; one fault a line
└── RulesInconsistent    files that are sound alone do not fit together
"""

from __future__ import annotations


class RulesError(Exception):
    """Base of all rule errors; ``str()`` is Indonesian, names file and row, and is safe to show."""


class RulesMissing(RulesError):
    """The folder or a file of it is not there."""


class RulesUnreadable(RulesError):
    """A file cannot be read as YAML in UTF-8 with every key given once."""


class RulesInvalid(RulesError):
    """A file holds something else than rules, or a row of another shape."""


class RulesInconsistent(RulesError):
    """An id is used twice, or names something that no file holds."""
