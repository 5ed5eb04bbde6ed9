"""Read which brands send e-mails from their own address. Used by wiring, the checks of settings, synthesis and `ordercast doctor`."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ordercast.settings.stage import StageSettings

PENDING = "pending"


class BrandSenders(Struct, frozen=True, kw_only=True):
    """Folders of brands: those whose address is *used*, and those whose domain waits to be verified."""

    used: tuple[str, ...]
    pending: tuple[str, ...]


def brand_senders(written: str) -> BrandSenders:
    """Read `nordic, acme pending`. Raises `ValueError` for anything else."""
    used: list[str] = []
    pending: list[str] = []
    for each in filter(None, map(str.strip, written.split(","))):
        name, _, state = each.partition(" ")
        if state.strip() not in {"", PENDING}:
            message = f"{each} is none"
            raise ValueError(message)
        (pending if state else used).append(name)
    return BrandSenders(used=tuple(used), pending=tuple(pending))


def own_senders(written: str) -> dict[str, str]:
    """Return the address of each brand whose own is used, by folder."""
    return {folder: str(sender_of(folder)) for folder in brand_senders(written).used}


def mail_domains(stage: "StageSettings") -> list[str]:
    """Return the stage's domain, and those of brands that send from one of their own.

    SES verifies a domain with all below it.
    """
    named = brand_senders(stage.brand_senders)
    known = [stage.mail_domain]
    for folder in (*named.used, *named.pending):
        domain = str(sender_of(folder)).rpartition("@")[2]
        if not any(f".{domain}".endswith(f".{each}") for each in known):
            known.append(domain)
    return known


def sender_of(folder: str) -> str | None:
    """Return the address of a brand; None where there is no such brand, or it has none.

    Raises `BadBrand`.
    """
    from ordercast.templates.brands import FOLDER, read_brand  # noqa: PLC0415  (synthesis and one sender ask)

    there = (FOLDER / folder).is_dir()
    return (read_brand(FOLDER / folder).email_from or None) if there else None
