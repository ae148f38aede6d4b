"""What a person may call a thing of the configuration: a profile, a view."""

from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

LONGEST_NAME = 64
"""Characters."""


def check(name: str, said: str) -> None:
    """Check that `name` may be one; `said` is the sentence where it may not, with `{name}` in it.

    Raises:
        ConfigError: it may not.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip() or name.startswith("-"):
        raise ConfigError(
            said.format(name=line(name, LONGEST_NAME)),
            next_step=_("use up to {longest} characters, without a dash or a space at the start").format(
                longest=LONGEST_NAME
            ),
        )
