"""Make up what a brand may have and does not, so that every branch of a layout is rendered. Used by lint."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from ordercast.authoring.catalogue import Variant, spoken_in
from ordercast.authoring.samples import SHOP
from ordercast.templates.brands import NO_BRAND, Brand, Logo
from ordercast.templates.sources import DEFAULT_LANGUAGE
from ordercast.templates.statuses import GENERIC

MADE_UP: Mapping[str, Any] = MappingProxyType(
    {
        "name": SHOP,
        "logo": Logo(url="https://shop.example.com/logo.png", alt=SHOP, width=150, height=28),
        "footer": f"{SHOP} Ltd, 1 Example Street",
        "preferences_url": "https://shop.example.com/messages",
        "reply_to": "help@shop.example.com",
        "email_from": "orders@shop.example.com",
        "sender_ids": {"SE": "EXAMPLE"},
        "shops": ("example",),
    }
)
"""A value for each field of a brand that a layout may ask for and that a brand may lack."""


def trials(brand: Brand) -> Iterator[tuple[str, Variant]]:
    """Yield what to render with each field that *brand* lacks, without each that it has, and with all.

    Beside each is what makes it another, such as "with logo". One template is enough to see a
    layout; only the last is in every language, since the words of a field are the language's.
    """
    lacks = {name: value for name, value in MADE_UP.items() if not getattr(brand, name)}
    for name, value in MADE_UP.items():
        if name in lacks:
            yield f"with {name}", _trial(replace(brand, **{name: value}))
        elif name != "name":  # which every brand has
            yield f"without {name}", _trial(replace(brand, **{name: getattr(NO_BRAND, name)}))
    whole = replace(brand, **lacks)
    for language in spoken_in(GENERIC, brand):
        yield f"with every field, in {language}", _trial(whole, language)


def _trial(brand: Brand, language: str = DEFAULT_LANGUAGE) -> Variant:
    return Variant(brand=brand, template=GENERIC, language=language)
