"""Name the version of what a message is made from, and pack its sources. Used by the renderer and the ledger."""

import json
import zlib
from hashlib import sha256
from typing import Any

import msgspec

from ordercast.templates.brands import Brand, Colours, DarkColours, Logo
from ordercast.templates.figures import formatter
from ordercast.templates.sources import Sources


def version_of(sources: Sources) -> str:
    """Return the language and ten characters, `sv-3f2a9c01de`, for all that decides what is said.

    That is its sources, its language, its brand, and what figures are written with (`formatter`).
    """
    decides = f"{formatter()}\0{_written(sources)}"
    return f"{sources.language}-{sha256(decides.encode()).hexdigest()[:10]}"


def packed(sources: Sources) -> bytes:
    """Return *sources* and the formatter of today, compressed: about 2 KB."""
    return zlib.compress(json.dumps([formatter(), _written(sources)]).encode(), 9)


def unpacked(kept: bytes) -> tuple[Sources, str]:
    """Return sources that `packed` made, and the formatter of that day."""
    made_with, written = json.loads(zlib.decompress(kept))
    fields = json.loads(written)
    shown = fields.pop("brand")
    looks = {name: msgspec.convert(shown.pop(name), kind) for name, kind in _LOOKS.items()}
    return Sources(**fields, brand=Brand(**shown, **looks)), made_with


_LOOKS: dict[str, Any] = {"logo": Logo | None, "colours": Colours, "dark": DarkColours}


_SHOWN = ("name", "footer", "preferences_url", "logo", "colours", "dark")
"""What skeletons may name of a brand."""


def _written(sources: Sources) -> str:
    fields = {
        name: getattr(sources, name) for name in ("template", "language", "words", "skeletons")
    }
    brand = {name: msgspec.to_builtins(getattr(sources.brand, name)) for name in _SHOWN}
    return json.dumps({**fields, "brand": brand}, sort_keys=True)
