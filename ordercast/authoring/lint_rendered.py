"""Check how templates come out for made-up orders. Used by lint.

Add a check: a function that yields findings, and a line in `check_rendered`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jinja2 import TemplateSyntaxError, UndefinedError

from ordercast.authoring.catalogue import Variant, file_of, skeleton_file, variants_of
from ordercast.authoring.findings import Fault, Finding
from ordercast.authoring.markup import ENOUGH, Markup, contrast
from ordercast.authoring.samples import MARK, SAMPLES, UNUSUAL, sample
from ordercast.authoring.trial_brands import trials
from ordercast.events.order_event import Channel
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.rendering import rendered
from ordercast.templates.sms_text import Encoding, parts
from ordercast.templates.sources import DEFAULT_LANGUAGE, SKELETONS
from ordercast.templates.words import Words

BUDGET: Mapping[Encoding, int] = {Encoding.GSM_7: 2, Encoding.UCS_2: 4}
"""In how many parts a text with long fields may be sent: about 300 characters, or 270."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a variant makes of a sample order, on both channels."""

    variant: Variant
    name: str
    text: Words
    email: Words

    @property
    def order(self) -> str:
        """What the order is called in a finding."""
        return f"{'an' if self.name == UNUSUAL else 'a'} {self.name} order"


def check_rendered(brands: Iterable[Brand], budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    """Yield what is wrong with what comes out."""
    known = [NO_BRAND, *brands]
    for brand in known:
        yield from _palette(brand)
    shared: set[Finding] = set()
    told: set[Finding] = set()
    for brand in known:
        found = _of_brand(brand, budget)
        told.update(found)
        if not brand.folder:
            shared.update(found)
            yield from found
        else:
            new = (each for each in found if each not in shared)
            yield from (_said(each, f"for the brand {brand.folder}") for each in new)
    for brand in known:
        if not brand.folder or not brand.files.keys().isdisjoint(SKELETONS):
            yield from _of_branches(brand, budget, told)


def _of_brand(brand: Brand, budget: Mapping[Encoding, int]) -> list[Finding]:
    """Return what is wrong with a brand's messages; what is wrong with all of them is their layout's."""
    found = [
        (variant.file, each)
        for variant in variants_of(brand)
        for each in sorted(set(_of_variant(variant, budget)), key=str)
    ]
    times = Counter(replace(each, where="") for file, each in found if each.where == file)
    most = len(variants_of(brand))
    return list(
        dict.fromkeys(
            _of_layout(each, brand) if times[replace(each, where="")] == most else each
            for _, each in found
        )
    )


def _of_branches(
    brand: Brand, budget: Mapping[Encoding, int], told: set[Finding]
) -> Iterator[Finding]:
    """Yield what is wrong where a layout asks for what no brand has, or for what its only brand lacks."""
    who = f"the brand {brand.folder}" if brand.folder else "a brand"
    for fields, variant in trials(brand):
        for each in sorted(set(_of_variant(variant, budget)) - told, key=str):
            own = _of_layout(each, brand) if each.where == variant.file else each
            if own not in told:
                yield _said(own, f"for {who} {fields}")
            told |= {each, own}


def _of_layout(finding: Finding, brand: Brand) -> Finding:
    layout, _, _ = skeleton_file(brand, "email.html").rpartition("/")
    return replace(finding, where=layout)


def _said(finding: Finding, where: str) -> Finding:
    return replace(finding, what=f"{finding.what}, {where}")


def _of_variant(variant: Variant, budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    for name in SAMPLES:
        try:
            made = render(variant, name)
        except Exception as error:  # noqa: BLE001 - whatever stops it would stop the message
            yield _not_rendered(variant, name, error)
            break
        page = Markup(made.email.html or "")
        yield from _unescaped(made)
        yield from _cut(made, page)
        yield from _twin(made, page)
        yield from _length(made, budget)
        yield from _pictures(made, page)
        yield from _colours(made, page)


def render(variant: Variant, name: str) -> Rendering:
    """Render a variant for the sample order of that *name*; raises what Jinja raises."""
    made = {
        channel: rendered(
            sample(name, channel, template=variant.template, language=variant.language),
            variant.brand,
        )
        for channel in (Channel.SMS, Channel.EMAIL)
    }
    return Rendering(variant=variant, name=name, text=made[Channel.SMS], email=made[Channel.EMAIL])


def _not_rendered(variant: Variant, name: str, error: Exception) -> Finding:
    fault = Fault.MISSING_VARIABLE if isinstance(error, UndefinedError) else Fault.BROKEN
    line = (
        f" (line {error.lineno} of what it becomes)"
        if isinstance(error, TemplateSyntaxError)
        else ""
    )
    what = f"cannot be rendered for a {name} order: {error}{line}"
    return Finding(fault=fault, where=variant.file, what=" ".join(what.split()))


def _unescaped(made: Rendering) -> Iterator[Finding]:
    """Yield a template that lets a shop's markup through, however it is written."""
    if MARK in (made.email.html or ""):
        what = f"{MARK} in an order's fields becomes HTML"
        yield Finding(fault=Fault.UNESCAPED, where=made.variant.file, what=what)


def _cut(made: Rendering, page: Markup) -> Iterator[Finding]:
    """Yield what is cut: an id is copied and a link is followed, so both are whole or useless."""
    order = SAMPLES[made.name]
    for where, text, links in (
        ("the text message", made.text.text, made.text.text.split()),
        ("the e-mail's plain text", made.email.text, made.email.text.split()),
        ("the e-mail's HTML", " ".join(page.seen), page.links),
    ):
        if not _is_whole(order.order_id, text):
            yield _cut_in(made, "the order's id", where)
        if order.tracking_url and order.tracking_url not in links:
            yield _cut_in(made, "the link", where)


def _is_whole(order_id: str, text: str) -> bool:
    """Tell whether an id is there, and no part of it by itself."""
    whole = len(re.findall(rf"(?<!\w){re.escape(order_id)}(?!\w)", text))
    start, end = order_id[:_PART], order_id[-_PART:]
    return whole > 0 and whole == text.count(start) == text.count(end)


_PART = 8
"""So many characters of a sample order's id are in no other of its fields."""


def _twin(made: Rendering, page: Markup) -> Iterator[Finding]:
    """Yield what the HTML shows and its plain text does not; in one language, since all have one skeleton."""
    if made.variant.language != DEFAULT_LANGUAGE:
        return
    text = " ".join(made.email.text.split())
    for shown in dict.fromkeys(" ".join(each.split()) for each in page.seen):
        if shown not in text:
            what = f'lacks "{shown}" of {made.order}, which email.html shows'
            where = skeleton_file(made.variant.brand, "email.txt")
            yield Finding(fault=Fault.NO_TWIN, where=where, what=what)


def _cut_in(made: Rendering, what: str, where: str) -> Finding:
    said = f"{what} is not whole in {where} of {made.order}"
    return Finding(fault=Fault.CUT, where=made.variant.file, what=said)


def _length(made: Rendering, budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    if made.name == UNUSUAL:
        return
    counted = parts(made.text.text)
    most = budget[counted.encoding]
    if counted.parts > most:
        what = f"is {counted.parts} parts for {made.order}, more than {most} in {counted.encoding}"
        yield Finding(fault=Fault.TOO_LONG, where=f"{made.variant.file}: sms", what=what)


def _pictures(made: Rendering, page: Markup) -> Iterator[Finding]:
    for source in page.without_alt:
        what = f"the picture {source} has no alt text"
        where = skeleton_file(made.variant.brand, "email.html")
        yield Finding(fault=Fault.NO_ALT, where=where, what=what)


def _colours(made: Rendering, page: Markup) -> Iterator[Finding]:
    brand = made.variant.brand
    where = skeleton_file(brand, "email.html")
    for pairs, own, screens in (
        (page.light, brand.colours, ""),
        (page.dark, brand.dark, ", on dark screens"),
    ):
        of_palette = {(getattr(own, text), getattr(own, behind)) for text, behind in _PAIRS}
        for text, background in sorted({(each.text, each.background) for each in pairs}):
            if (text, background) not in of_palette:
                yield from _contrast(where, text, background, screens)
    for colour in sorted(page.unread):
        what = f"{colour}: write a colour as #c0c0c0, or its contrast is unknown"
        yield Finding(fault=Fault.CONTRAST, where=where, what=what)


def _palette(brand: Brand) -> Iterator[Finding]:
    """Check the colours themselves, which are named as `brand.toml` does."""
    where = file_of(brand, "brand.toml")
    for name, colours in (("colours", brand.colours), ("dark", brand.dark)):
        for text, background in _PAIRS:
            yield from _contrast(
                f"{where}: {name}.{text} on {background}",
                getattr(colours, text),
                getattr(colours, background),
            )


_PAIRS = (
    ("text", "page"),
    ("text", "card"),
    ("muted", "page"),
    ("muted", "card"),
    ("on_accent", "accent"),
)


def _contrast(where: str, text: str, background: str, screens: str = "") -> Iterator[Finding]:
    found = contrast(text, background)
    if found < ENOUGH:
        what = f"{text} on {background} has a contrast of {found:.1f}, below {ENOUGH}{screens}"
        yield Finding(fault=Fault.CONTRAST, where=where, what=what)
