"""Make the files of a new brand, template or language. Used by the command `new`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ordercast.authoring.catalogue import complete_languages, templates_of, words_in
from ordercast.authoring.findings import Fault, Finding
from ordercast.authoring.lint_words import check_words
from ordercast.templates import brands, sources, statuses
from ordercast.templates.brands import NO_BRAND, read_brand, read_brands
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
    """Make the files of a status, of one brand or of all shops, in each language.

    Its words are those of the generic template, to be rewritten. Raises `UsageError`.
    """
    _check(name)
    folder = _folder(shop)
    brand = read_brand(folder) if shop else NO_BRAND
    if name in templates_of(brand):
        raise UsageError(f"there is a template {name} already")
    words = [_copied_generic(each, folder / name) for each in complete_languages(brand)]
    return [_with_status(folder / "brand.toml", name), *words] if shop else words


def _with_status(settings: Path, name: str) -> Path:
    table = f'\n[statuses.{name}]\nsend_within = "24 h"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
    return settings


def new_language(language: str, shop: str | None) -> list[Path]:
    """Copy what is written in the default language, to be translated; of one brand, or of all shops.

    Of a language with a parent that is there, such as `de-AT`, the parent's words are copied as
    comments, since only what differs is to be written. Files that are there already stay as they
    are. Raises `UsageError`.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?", language):
        raise UsageError(f"{language} is no language such as de or pt-BR")
    folder, parent = _folder(shop), language.rpartition("-")[0]
    if shop and not {language, parent} & languages_of(LAYOUT, NO_BRAND):
        raise UsageError(f"all shops come first: ordercast new language {language}")
    made = []
    for default in sorted(folder.glob(f"*/{DEFAULT_LANGUAGE}.toml")):
        target = default.with_stem(language)
        if not target.exists():
            made.append(_write(target, _to_translate(default, parent)))
    if not made:
        raise UsageError(f"all that is written in {DEFAULT_LANGUAGE} is there in {language}")
    return made


def untranslated() -> list[Finding]:
    """Return what is not translated yet, or not there, in some language."""
    wanted = {Fault.UNTRANSLATED, Fault.HALF_A_LANGUAGE}
    known = read_brands(brands.FOLDER).values()
    return [each for each in check_words(known) if each.fault in wanted]


def _to_translate(default: Path, parent: str) -> str:
    above = default.with_stem(parent) if parent else default
    if not parent or not above.exists():
        return default.read_text(encoding="utf-8")
    lines = above.read_text(encoding="utf-8").splitlines()
    first = f"# As in {parent}, but for the lines without a #: take it away from what differs.\n"
    return first + "".join(f"# {line}\n" for line in lines)


def _copied_generic(language: str, folder: Path) -> Path:
    known = languages_of(statuses.GENERIC, NO_BRAND)
    written = language if language in known else DEFAULT_LANGUAGE
    words = words_in(NO_BRAND, statuses.GENERIC, written)
    return _write(folder / f"{language}.toml", "".join(_lines(words.items())))


def _lines(words: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, text in words:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        yield f'{key} = "{quoted}"\n'


def _folder(shop: str | None) -> Path:
    """Return the folder of a brand, or of the templates of all shops."""
    if shop is None:
        return sources.FOLDER
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
