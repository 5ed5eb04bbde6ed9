"""Read the brands of shops: how their messages look, who sends them, and their own words. Used by templates, the senders, lint and synthesis.

A brand is a folder, `brands/<shop>/`: `brand.toml`, and beside it files that go before those of
`ordercast/templates/` of the same path (docs/templates.md). All brands ship with the functions.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ordercast.events.message_class import MessageClass
from ordercast.events.statuses import Status, canonical
from ordercast.typed_values import (
    BadSettings,
    Country,
    Mailbox,
    Positive,
    SenderId,
    Settings,
    Span,
    read_settings,
)

FOLDER = Path(__file__).resolve().parents[2] / "brands"
"""Where the brands are, in a checkout and in the functions' code."""

DEFAULT = "default"
"""The folder of the brand of orders whose shop has none, or that name no shop."""

WITHOUT_SENDER_IDS = frozenset({"CA", "CN", "US"})
"""Countries where a phone shows a number only (SNS developer guide, "Sender IDs")."""

_COLOUR = 'a colour such as "#1d4ed8"'
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z", description=_COLOUR)]
_WEB = 'an https address such as "https://shop.example.com/"'
WebPage = Annotated[str, Meta(pattern=r"^https://[!-;=?-~]{1,600}\Z", description=_WEB)]
_LINE = "a text of one line, of 1 to 128 characters"
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,128}\Z", description=_LINE)]
Footer = Annotated[str, Meta(max_length=1000, description="a text of up to 1,000 characters")]


class Colours(Settings, frozen=True):
    """The colours of an e-mail; `on_accent` is that of words on a button."""

    page: Colour = "#f3f4f6"
    card: Colour = "#ffffff"
    text: Colour = "#1f2937"
    muted: Colour = "#4b5563"
    line: Colour = "#e5e7eb"
    accent: Colour = "#1d4ed8"
    on_accent: Colour = "#ffffff"


class DarkColours(Colours, frozen=True):
    """The same where the reader has a dark screen."""

    page: Colour = "#111827"
    card: Colour = "#1f2937"
    text: Colour = "#e5e7eb"
    muted: Colour = "#9ca3af"
    line: Colour = "#374151"
    accent: Colour = "#60a5fa"
    on_accent: Colour = "#0b1220"


class Logo(Settings, frozen=True):
    """A picture in place of the shop's name; `alt` is read out, `width` and `height` are in pixels."""

    url: WebPage
    alt: Line
    width: Positive
    height: Positive


class OwnStatus(Settings, frozen=True):
    """A status of the shop's own, with a template of its name (docs/templates.md, "Add a status").

    It has no rank: it neither makes others stale nor becomes stale.
    """

    send_within: Span
    message_class: Literal["transactional", "promotional"] = "transactional"


class BrandFile(Settings, frozen=True):
    """What `brand.toml` says; docs/templates.md shows each field.

    `shops` are the shops in order events that have this brand, by default the folder's name;
    `sender_ids` are what phones show as the sender, by country.
    """

    name: Line
    shops: tuple[Line, ...] = ()
    email_from: Mailbox = ""
    reply_to: Mailbox = ""
    sender_ids: dict[Country, SenderId] = msgspec.field(default_factory=dict)
    footer: Footer = ""
    preferences_url: WebPage | None = None
    logo: Logo | None = None
    colours: Colours = Colours()
    dark: DarkColours = DarkColours()
    statuses: dict[str, OwnStatus] = msgspec.field(default_factory=dict)


class Brand(BrandFile, frozen=True, eq=False):
    """A brand with its files, by their path in its folder; `folder` is "" where a shop has none.

    Each is read once, and is the same as itself alone.
    """

    folder: str = ""
    files: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def own_statuses(self) -> Mapping[str, Status]:
        """The shop's own statuses, as the table of all statuses has its."""
        return {
            name: Status(
                send_within=each.send_within, message_class=MessageClass(each.message_class)
            )
            for name, each in self.statuses.items()
        }

    def toml(self, name: str) -> Mapping[str, str]:
        """Return the words of one of its files; none where it is not there."""
        return tomllib.loads(self.files.get(name, ""))


NO_BRAND = Brand(name="")


class BadBrand(Exception):
    """A brand cannot be used. The message is one line with the file, the field and what it takes."""


def brand_for(shop: str | None) -> Brand:
    """Return the brand of a shop as order events name it; the default one where it has none."""
    brands = deployed()
    return brands.get(shop or DEFAULT) or brands.get(DEFAULT) or NO_BRAND


def all_brands() -> list[Brand]:
    """Return every brand once."""
    return list(dict.fromkeys(deployed().values()))


@cache
def deployed() -> Mapping[str, Brand]:
    """Read the brands once per execution environment."""
    return by_shop(read_brands(FOLDER))


def by_shop(brands: Mapping[str, Brand]) -> dict[str, Brand]:
    """Return brands by the shops in order events. Raises `BadBrand` where a shop has two."""
    found: dict[str, Brand] = {}
    for folder, brand in brands.items():
        for shop in brand.shops or (folder,):
            if shop in found:
                both = f"brands/{found[shop].folder} too; a shop has one brand"
                raise BadBrand(f'brands/{folder}/brand.toml: the shop "{shop}" is of {both}')
            found[shop] = brand
    return found


def read_brands(folder: Path) -> dict[str, Brand]:
    """Return the brands in *folder* by name; none where it is missing.

    Raises `BadBrand`, also where two are of one shop: nothing can be said for it.
    """
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = {path.name: read_brand(path) for path in paths if path.is_dir()}
    by_shop(found)
    return found


def read_brand(folder: Path) -> Brand:
    """Return the brand in a folder. Raises `BadBrand`."""
    where = f"brands/{folder.name}/brand.toml"
    files = dict(_files(folder))
    if "brand.toml" not in files:
        raise BadBrand(f"{where} is missing")
    try:
        written = read_settings(BrandFile, tomllib.loads(files["brand.toml"]))
    except (tomllib.TOMLDecodeError, BadSettings) as error:
        raise BadBrand(f"{where}: {error}") from None
    if closed := written.sender_ids.keys() & WITHOUT_SENDER_IDS:
        raise BadBrand(f"{where}: sender_ids names {min(closed)}, where phones show none")
    for status in written.statuses:
        if (meant := canonical(status, synonyms={})) != status:
            never = f"never comes: in an order event it is read as {meant}; take another name"
            raise BadBrand(f"{where}: statuses.{status} {never}")
    return Brand(**msgspec.structs.asdict(written), folder=folder.name, files=files)


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".toml", ".html", ".txt"} and not path.name.endswith(SOURCE):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


SOURCE = ".source.html"
"""How the readable form of an e-mail's layout ends; `make emails` makes the other."""
