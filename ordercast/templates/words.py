"""Define what a provider is given to send. Used by the renderer, senders, prices and providers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ordercast.templates.sources import Sources


class TemplateFailed(Exception):
    """A template cannot be rendered. The message names the error's type and the template, and nothing personal."""

    def __init__(self, template: str, language: str, *, brand: str, error: Exception) -> None:
        of = f":{brand}" if brand else ""
        super().__init__(f"{type(error).__name__}:{template}/{language}{of}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The rendered text, and for e-mail a subject and an HTML body.

    `version` says what it was made from: its language, and a hash of its `sources`.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    version: str | None = None
    sources: "Sources | None" = field(default=None, compare=False, repr=False)
