"""Render the words of a notification for its channel. Used by the senders."""

import re
from collections.abc import Mapping
from functools import cache, partial

from jinja2 import (
    DictLoader,
    Environment,
    StrictUndefined,
    Template,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.templates import figures
from ordercast.templates.brands import Brand, brand_for
from ordercast.templates.inlining import inlined
from ordercast.templates.languages import language_for
from ordercast.templates.shown_order import REFUNDS, Figure, ShownOrder
from ordercast.templates.sms_text import fits, normalise
from ordercast.templates.sources import Sources, sources_of
from ordercast.templates.versions import version_of
from ordercast.templates.words import TemplateFailed, Words


def words(notification: Notification) -> Words:
    """Render *notification* for its channel, in its reader's language and from today's sources.

    Raises `TemplateFailed` for each fault of a template.
    """
    template, brand = notification.template, brand_for(notification.order.shop)
    try:
        return rendered(notification, brand)
    except Exception as error:
        language = language_for(template, notification.locale, brand)
        raise TemplateFailed(template, language, brand=brand.folder, error=error) from error


def rendered(notification: Notification, brand: Brand) -> Words:
    """Render *notification* as a message of *brand*."""
    template = notification.template
    language = language_for(template, notification.locale, brand)
    return _compiled(template, language, brand).words(notification)


@cache
def _compiled(template: str, language: str, brand: Brand) -> "CompiledTemplate":
    return CompiledTemplate.of(sources_of(template, language, brand))


class CompiledTemplate(Struct, frozen=True, kw_only=True):
    """What one template says in one language, ready to render: the subject and each skeleton."""

    sources: Sources
    version: str
    parts: Mapping[str, Template]

    @classmethod
    def of(cls, sources: Sources, *, kind: type[Environment] = Environment) -> "CompiledTemplate":
        """Compile *sources* with their words in place, in an environment of that *kind*.

        Raises `jinja2.TemplateSyntaxError`, and `inlining.NoSuchWords` for a key without words.
        """
        skeletons = {
            part: inlined(
                skeleton,
                sources.words,
                name=part,
                is_html=part.endswith(".html"),
            )
            for part, skeleton in sources.skeletons.items()
        }
        texts = {"subject": sources.words["subject"], **skeletons}
        environment = _environment(texts, kind)
        known = {"language": sources.language, "brand": sources.brand}
        return cls(
            sources=sources,
            version=version_of(sources),
            parts={part: environment.get_template(part, globals=known) for part in texts},
        )

    def words(self, notification: Notification) -> Words:
        """Render *notification*; HTML is escaped, the subject is one line."""
        sources, details = self.sources, notification.order
        if sources.brand.name:  # not as order events call the shop
            details = replace(details, shop=sources.brand.name)
        shown = partial(
            ShownOrder,
            locale=figures.locale_of(notification.locale, sources.language),
            is_refund=sources.template in REFUNDS,
            is_fallback=notification.fallback_for is not None,
        )
        if not CHANNELS[notification.channel].has_subject:
            text = self._text_message(details, shown)
            return Words(text=text, version=self.version, sources=sources)
        order = shown(details=details, for_text=False)
        subject = re.sub(r"\s+", " ", self._render("subject", order))
        return Words(
            subject=subject,
            text=re.sub(r"\n{3,}", "\n\n", self._render("email.txt", order)),
            html=self._render("email.html", order, subject=subject),
            version=self.version,
            sources=sources,
        )

    def _text_message(self, details: OrderDetails, shown: partial[ShownOrder]) -> str:
        """Render a text, with less of the order until it fits: SNS refuses a longer one."""
        bare = replace(details, amount=None, items=(), day=None)
        whole = f"{_one_plain_line(details.order_id)} {details.tracking_url or ''}".strip()
        for each in (details, bare, replace(bare, shop=None)):
            text = self._render("sms.txt", shown(details=each, for_text=True))
            # Plain characters, but an id or a link never changes: they are copied.
            if fits(plain := normalise(text, whole=whole)):
                return plain
        return whole

    def _render(self, part: str, order: ShownOrder, **more: str) -> str:
        rendered = self.parts[part].render(order=order, locale=order.locale, **more)
        return rendered.strip()


# Control characters, and marks that change the direction of the text after them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


_STRANGE = re.compile(rf"{_UNSEEN.pattern}|[^\S ]|  ")


def _one_plain_line(value: object) -> object:
    """Keep a shop's text from breaking its line, a header or the text direction."""
    # Most values are plain: one look at them takes a third of the time.
    if not isinstance(value, str) or isinstance(value, Figure) or not _STRANGE.search(value):
        return value
    return _UNSEEN.sub("", re.sub(r"\s+", " ", value))


@pass_context
def _plural(context: Context, number: int, **forms: str) -> Figure:
    """Write `{{ order.item_count | plural(one="# item", other="# items") }}`."""
    return Figure(figures.plural(number, forms, context["locale"]))


def _environment(texts: Mapping[str, str], kind: type[Environment]) -> Environment:
    environment = kind(
        loader=DictLoader(texts),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_one_plain_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plural"] = _plural
    return environment
