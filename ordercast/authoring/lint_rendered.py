"""Check how templates come out for made-up orders. Used by lint.

Add a check: a function that yields findings, and a line in `check_rendered`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jinja2 import TemplateSyntaxError, UndefinedError

from ordercast.authoring.catalogue import Variant, file_of, variants
from ordercast.authoring.findings import Fault, Finding
from ordercast.authoring.markup import ENOUGH, Markup, contrast
from ordercast.authoring.samples import SAMPLES, sample
from ordercast.events.order_event import Channel
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.rendering import rendered
from ordercast.templates.sms_text import Encoding, parts
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


def check_rendered(brands: Iterable[Brand], budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    """Yield what is wrong with what comes out."""
    for brand in (NO_BRAND, *brands):
        yield from _palette(brand)
    shared: set[Finding] = set()
    for variant in variants(brands):
        found = set(_of_variant(variant, budget))
        if not variant.brand.folder:
            shared |= found
            yield from sorted(found, key=str)
        for each in sorted(found - shared, key=str):
            yield replace(each, what=f"{each.what}, for the brand {variant.brand.folder}")


def _of_variant(variant: Variant, budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    for name in SAMPLES:
        try:
            made = render(variant, name)
        except Exception as error:  # noqa: BLE001 - whatever stops it would stop the message
            yield _not_rendered(variant, name, error)
            break
        yield from _cut(made)
        yield from _length(made, budget)
        yield from _pictures(made)
        yield from _colours(made)


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


def _cut(made: Rendering) -> Iterator[Finding]:
    """Yield what is cut: an id is copied and a link is followed, so both are whole or useless."""
    order = SAMPLES[made.name]
    seen = {"the text message": made.text.text, "the e-mail's plain text": made.email.text}
    for what, text in seen.items():
        if not re.search(rf"(?<!\w){re.escape(order.order_id)}(?!\w)", text):
            yield _cut_in(made, "the order's id", what)
        if order.tracking_url and order.tracking_url not in text.split():
            yield _cut_in(made, "the link", what)
    if order.tracking_url and order.tracking_url not in Markup(made.email.html or "").links:
        yield _cut_in(made, "the link", "the e-mail's HTML")


def _cut_in(made: Rendering, what: str, where: str) -> Finding:
    said = f"{what} is not whole in {where} of a {made.name} order"
    return Finding(fault=Fault.CUT, where=made.variant.file, what=said)


def _length(made: Rendering, budget: Mapping[Encoding, int]) -> Iterator[Finding]:
    counted = parts(made.text.text)
    most = budget[counted.encoding]
    if counted.parts > most:
        what = f"is {counted.parts} parts for a {made.name} order, more than {most} in {counted.encoding}"
        yield Finding(fault=Fault.TOO_LONG, where=f"{made.variant.file}: sms", what=what)


def _pictures(made: Rendering) -> Iterator[Finding]:
    for source in Markup(made.email.html or "").without_alt:
        what = f"the picture {source} has no alt text"
        yield Finding(fault=Fault.NO_ALT, where=_layout(made.variant), what=what)


def _colours(made: Rendering) -> Iterator[Finding]:
    for text, background in sorted(Markup(made.email.html or "").colours):
        yield from _contrast(_layout(made.variant), text, background)


def _layout(variant: Variant) -> str:
    own = "email.html" in variant.brand.files
    return file_of(variant.brand, "email.html") if own else file_of(NO_BRAND, "layout/email.html")


def _palette(brand: Brand) -> Iterator[Finding]:
    """Check the colours themselves: those for dark screens are in no element."""
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


def _contrast(where: str, text: str, background: str) -> Iterator[Finding]:
    found = contrast(text, background)
    if found < ENOUGH:
        what = f"{text} on {background} has a contrast of {found:.1f}, below {ENOUGH}"
        yield Finding(fault=Fault.CONTRAST, where=where, what=what)
