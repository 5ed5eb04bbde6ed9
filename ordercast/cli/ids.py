"""Parse ids that may begin with a dash. Used by `ordercast parked`."""

import re
from typing import Any

from typer.core import TyperCommand

from ordercast.events.identity import is_notification_id


class TakesIds(TyperCommand):
    """A command without short options: a word that begins with one dash is an id."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Put ids behind `--`, where a dash has no meaning."""
        ids = [each for each in args if _DASHED_ID.match(each) or is_notification_id(each)]
        others = [each for each in args if each not in ids]
        return super().parse_args(ctx, [*others, *([] if "--" in args else ["--"]), *ids])


_DASHED_ID = re.compile("-[^-]")
