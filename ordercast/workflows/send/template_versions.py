"""Store what messages are made from, before they are claimed. Used by the sender's checks."""

from collections.abc import Iterable

from msgspec import Struct, field

from ordercast.templates.versions import packed
from ordercast.templates.words import Words
from ordercast.workflows.ports import TemplateVersions


class KeepVersions(Struct, frozen=True, kw_only=True):
    """Store the sources of each version once in the life of a process; `kept` are those it has stored.

    The claim then names a version that is there, whatever happens after it.
    """

    versions: TemplateVersions
    kept: set[str] = field(default_factory=set)

    def __call__(self, said: Iterable[Words]) -> None:
        """Store what *said* was made from; raises `LedgerUnavailable`, before anything is claimed."""
        new = {
            words.version: packed(words.sources)
            for words in said
            if words.version and words.sources and words.version not in self.kept
        }
        if new:
            self.versions.keep(new)
            self.kept.update(new)
