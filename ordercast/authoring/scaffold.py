"""Make the files of a new brand, template or language. Used by the command `new`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ordercast.authoring.catalogue import words_in
from ordercast.authoring.findings import Fault, Finding
from ordercast.authoring.lint_words import check_words
from ordercast.templates import brands, sources, statuses
from ordercast.templates.brands import NO_BRAND, Brand, read_brand, read_brands
from ordercast.templates.sources import DEFAULT_LANGUAGE, LAYOUT, languages_of
from ordercast.usage_error import UsageError

BRAND = """# The brand of one shop: docs/templates.md, "Add a brand". `ordercast templates preview` shows it.

# What readers call the shop. Orders name it as `shop` by the name of this folder, or by these:
name = "{name}"
# shops = ["{shop}", "{shop}-outlet"]

# Where replies go, and where e-mails come from once a stage names this brand in brand_senders.
# reply_to = "help@{shop}.example.com"
# email_from = "orders@{shop}.example.com"

# At the end of each e-mail: who is responsible, as the law of your country asks, in one line. In
# another language it is `footer` of layout/<language>.toml here.
# footer = "{name} Ltd, 1 Example Street, Exampletown"
# preferences_url = "https://{shop}.example.com/messages"

# What phones show as the sender, for countries where it is registered or needs no registration.
# sender_ids.SE = "{sender_id}"

# [logo] # in place of the name; twice as large as it is shown, for sharp screens
# url = "https://{shop}.example.com/logo.png"
# alt = "{name}"
# width = 140
# height = 32

# [colours] # also page, card, text, muted, line, on_accent; the same in [dark] for dark screens
# accent = "#14532d"

# [statuses.packed] # a status of this shop alone, with its words in packed/<language>.toml
# send_within = "24 h"
"""


def new_brand(shop: str) -> list[Path]:
    """Make the folder of a brand. Raises `UsageError` if it is there."""
    _check(shop)
    name = shop.replace("-", " ").replace("_", " ").title()
    sender_id = re.sub("[^A-Z0-9]", "", shop.upper())[:11]
    written = BRAND.format(shop=shop, name=name, sender_id=sender_id)
    return [_write(brands.FOLDER / shop / "brand.toml", written)]


def new_template(name: str, shop: str | None) -> list[Path]:
    """Make the files of a status: of one brand in the default language, or of all shops in each.

    Its words are those of the generic template, to be rewritten. Raises `UsageError`.
    """
    _check(name)
    if name in statuses.TEMPLATES or (shop and name in _brand(shop).statuses):
        raise UsageError(f"there is a template {name} already")
    if shop is None:
        languages: Iterable[str] = languages_of(statuses.GENERIC, NO_BRAND)
        return [_copied(statuses.GENERIC, each, _shared() / name) for each in sorted(languages)]
    settings = _brand_folder(shop) / "brand.toml"
    table = f'\n[statuses.{name}]\nsend_within = "24 h"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
    words = _copied(statuses.GENERIC, DEFAULT_LANGUAGE, _brand_folder(shop) / name)
    return [settings, words]


def new_language(language: str, shop: str | None) -> list[Path]:
    """Copy what is written in the default language, to be translated; of one brand, or of all shops.

    Files that are there already stay as they are. Raises `UsageError`.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?", language):
        raise UsageError(f"{language} is no language such as de or pt-BR")
    folder = _brand_folder(shop) if shop else _shared()
    made = []
    for default in sorted(folder.glob(f"*/{DEFAULT_LANGUAGE}.toml")):
        target = default.with_stem(language)
        if not target.exists():
            made.append(_write(target, default.read_text(encoding="utf-8")))
    if not made:
        raise UsageError(f"all that is written in {DEFAULT_LANGUAGE} is there in {language}")
    return made


def untranslated() -> list[Finding]:
    """Return what is not translated yet, or not there, in some language."""
    wanted = {Fault.UNTRANSLATED, Fault.HALF_A_LANGUAGE}
    known = read_brands(brands.FOLDER).values()
    return [each for each in check_words(known) if each.fault in wanted]


def _copied(template: str, language: str, folder: Path) -> Path:
    words = words_in(NO_BRAND, template, language)
    return _write(folder / f"{language}.toml", "".join(_lines(words.items())))


def _lines(words: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, text in words:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        yield f'{key} = "{quoted}"\n'


def _shared() -> Path:
    return sources.folders()[-1]


def _brand(shop: str) -> Brand:
    return read_brand(_brand_folder(shop))


def _brand_folder(shop: str) -> Path:
    folder = brands.FOLDER / shop
    if not (folder / "brand.toml").is_file():
        known = ", ".join(read_brands(brands.FOLDER)) or "none yet: ordercast new brand"
        raise UsageError(f"there is no brand {shop}; there is {known}")
    return folder


def _check(name: str) -> None:
    if not re.fullmatch("[a-z0-9][a-z0-9_-]{0,63}", name) or name == LAYOUT:
        raise UsageError(f"{name} is no name: small letters, digits, - and _")


def _write(path: Path, written: str) -> Path:
    if path.exists():
        raise UsageError(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written, encoding="utf-8")
    return path
