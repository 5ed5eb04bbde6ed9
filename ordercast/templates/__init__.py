"""Render the words of a notification. Used by the senders.

One folder for each template, in it one for each language, in it one file for each part. Add a
language: folders of its code beside `sv`, in `layout` and in each template (docs/templates.md).
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.templates.sms_text import fits, normalise
from ordercast.templates.statuses import send_within, template_for

__all__ = ["Words", "language_for", "send_within", "template_for", "version_of", "words"]

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The rendered text, and for e-mail a subject and an HTML body."""

    text: str
    subject: str | None = None
    html: str | None = None


def language_for(status: str, locale: str | None) -> str:
    """Return the language of a BCP 47 *locale*, `sv` for `sv-FI`, or the default language."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    known = f"{template_for(status)}/{language}/subject.txt" in _names()
    return language if known else DEFAULT_LANGUAGE


@cache
def version_of(template: str, language: str) -> str:
    """Return eight characters that change with any file of *template*."""
    folders = {f"{template}/{language}", f"layout/{language}", "layout"}
    names = [name for name in _names() if name.rpartition("/")[0] in folders]
    sources = [_loader().get_source(_environment(), name)[0] for name in names]
    return sha256("\0".join(sources).encode()).hexdigest()[:8]


def words(notification: Notification) -> Words:
    """Render *notification* for its channel; HTML is escaped, the subject is one line."""
    if not CHANNELS[notification.channel].has_subject:
        return Words(text=_text_message(notification))
    order = notification.order
    subject = re.sub(r"\s+", " ", _render(notification, "subject.txt", order))
    return Words(
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", _render(notification, "email.txt", order)),
        html=_render(notification, "email.html", order, subject=subject),
    )


def _text_message(notification: Notification) -> str:
    """Render a text, with less of the order until it fits: SNS refuses a longer one."""
    order = notification.order
    bare = replace(order, amount=None, items=())
    for each in (order, bare):
        text = _plain_text(notification, each)
        if fits(text):
            return text
    return _plain_text(notification, replace(bare, shop=None))


def _plain_text(notification: Notification, order: OrderDetails) -> str:
    """Render a text in plain characters, but never change an id or a link: they are copied."""
    whole = f"{_one_plain_line(order.order_id)}{order.tracking_url or ''}"
    return normalise(_render(notification, "sms.txt", order), whole=whole)


def _render(notification: Notification, part: str, order: OrderDetails, **more: str) -> str:
    name = f"{notification.template}/{notification.locale}/{part}"
    return _environment().get_template(name).render(order=order, **more).strip()


# Control characters, and marks that change the direction of the text after them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _one_plain_line(value: object) -> object:
    """Keep a shop's text from breaking its line, a header or the text direction."""
    return _UNSEEN.sub("", re.sub(r"\s+", " ", value)) if isinstance(value, str) else value


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for name in _loader().list_templates() if name.endswith((".txt", ".html")))


@cache
def _loader() -> PackageLoader:
    return PackageLoader("ordercast")


@cache
def _environment() -> Environment:
    return Environment(
        loader=_loader(),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_one_plain_line,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # deployed files do not change, and a check costs a call for each
    )
