"""Render a message again as it was, from the sources that its version names. Used by `status --rendered`."""

from dataclasses import dataclass

from jinja2.sandbox import ImmutableSandboxedEnvironment

from ordercast.notifications.notification import Notification
from ordercast.templates.figures import formatter
from ordercast.templates.rendering import CompiledTemplate
from ordercast.templates.versions import unpacked
from ordercast.templates.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedAgain:
    """The words, and what figures were written with then and are now: with the same, each byte is."""

    words: Words
    then: str
    now: str

    @property
    def is_the_same(self) -> bool:
        """Whether the words are those that were sent, to the byte."""
        return self.then == self.now


def rendered_again(notification: Notification, kept: bytes) -> RenderedAgain:
    """Render *notification* from its version's *kept* sources.

    They come out of a table, so that what they may do is confined.
    """
    sources, then = unpacked(kept)
    compiled = CompiledTemplate.of(sources, kind=ImmutableSandboxedEnvironment)
    return RenderedAgain(words=compiled.words(notification), then=then, now=formatter())
