"""Render the words of a notification for its channel. Used by the senders."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.templates.brands import Brand, brand_for
from ordercast.templates.inlining import inlined
from ordercast.templates.sms_text import fits, normalise
from ordercast.templates.sources import Sources, sources_of
from ordercast.templates.words import Words


def words(notification: Notification) -> Words:
    """Render *notification* for its channel; HTML is escaped, the subject is one line."""
    return rendered(notification, brand_for(notification.order.shop))


def rendered(notification: Notification, brand: Brand) -> Words:
    """Render *notification* as a message of *brand*."""
    compiled = _compiled(notification.template, notification.locale, brand)
    order = _named(notification.order, brand)
    if not CHANNELS[notification.channel].has_subject:
        return Words(text=_text_message(compiled, order))
    subject = re.sub(r"\s+", " ", compiled["subject"].render(order=order).strip())
    text = compiled["email.txt"].render(order=order).strip()
    return Words(
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", text),
        html=compiled["email.html"].render(order=order, subject=subject).strip(),
    )


def compile_sources(sources: Sources) -> Mapping[str, Any]:
    """Compile the subject and each skeleton with its words in place.

    Raises `jinja2.TemplateSyntaxError`, and `inlining.NoSuchWords` for a key without words.
    """
    parts = {
        part: inlined(skeleton, sources.words, name=part, is_html=part.endswith(".html"))
        for part, skeleton in sources.skeletons.items()
    }
    environment = _environment({"subject": sources.words["subject"], **parts})
    known = {"language": sources.language, "brand": sources.brand}
    return {part: environment.get_template(part, globals=known) for part in ("subject", *parts)}


@cache
def _compiled(template: str, language: str, brand: Brand) -> Mapping[str, Any]:
    return compile_sources(sources_of(template, language, brand))


def _named(order: OrderDetails, brand: Brand) -> OrderDetails:
    """Call the shop by the brand's name, not as order events do."""
    return replace(order, shop=brand.name) if brand.name else order


def _text_message(compiled: Mapping[str, Any], order: OrderDetails) -> str:
    """Render a text, with less of the order until it fits: SNS refuses a longer one."""
    bare = replace(order, amount=None, items=())
    for each in (order, bare):
        text = _plain_text(compiled, each)
        if fits(text):
            return text
    return _plain_text(compiled, replace(bare, shop=None))


def _plain_text(compiled: Mapping[str, Any], order: OrderDetails) -> str:
    """Render a text in plain characters, but never change an id or a link: they are copied."""
    whole = f"{_one_plain_line(order.order_id)}{order.tracking_url or ''}"
    return normalise(compiled["sms.txt"].render(order=order).strip(), whole=whole)


# Control characters, and marks that change the direction of the text after them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _one_plain_line(value: object) -> object:
    """Keep a shop's text from breaking its line, a header or the text direction."""
    return _UNSEEN.sub("", re.sub(r"\s+", " ", value)) if isinstance(value, str) else value


def _environment(texts: Mapping[str, str]) -> Environment:
    return Environment(
        loader=DictLoader(texts),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_one_plain_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
