"""A notification in, its words out: one folder a template, one a language, one file a part."""

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.notification import Notification
from notifications.order_event import Channel

TEMPLATE_VERSION = "1"
DEFAULT_LANGUAGE = "en"


# Control characters, and marks that turn the direction of everything after them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said: one text, and for e-mail a subject and an HTML body beside it."""

    text: str
    subject: str | None = None
    html: str | None = None


def template_for(status: str) -> str | None:
    """Return the template that speaks for *status*, if there is one."""
    return status if status in _languages() else None


def language_for(status: str, locale: str | None) -> str:
    """Return the language in which a BCP 47 *locale* is answered: `en-US` in `en`."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in _languages().get(status, ()) else DEFAULT_LANGUAGE


def words(notification: Notification) -> Words:
    """Render what *notification* says on its channel; HTML is escaped, a subject is one line."""
    if notification.channel is Channel.SMS:
        return Words(text=_render(notification, "sms.txt"))
    return Words(
        subject=re.sub(r"\s+", " ", _render(notification, "subject.txt")),
        text=_render(notification, "email.txt"),
        html=_render(notification, "email.html"),
    )


def _render(notification: Notification, part: str) -> str:
    name = f"{notification.template}/{notification.locale}/{part}"
    return _environment().get_template(name).render(order=notification.order).strip()


def _one_plain_line(value: object) -> object:
    """Keep what a shop wrote from breaking out of its line, its header or its direction."""
    return _UNSEEN.sub("", re.sub(r"\s+", " ", value)) if isinstance(value, str) else value


@cache
def _languages() -> dict[str, frozenset[str]]:
    """Return each template's languages, as the folders beside this file have them."""
    parts = [name.split("/") for name in _environment().list_templates(extensions=["txt"])]
    return {
        template: frozenset(language for owner, language, _ in parts if owner == template)
        for template, _, _ in parts
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_one_plain_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
