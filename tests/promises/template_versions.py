"""What the versions of templates promise, in memory or in DynamoDB."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

SOURCES = bytes(range(256)) * 8
"""As long as what is usual, with every byte."""


class KeptVersions(Protocol):
    """What senders store, and operators find."""

    def keep(self, sources: Mapping[str, bytes]) -> None: ...
    def find(self, versions: AbstractSet[str]) -> dict[str, bytes]: ...


class TemplateVersionsPromises:
    """Mix in, with a fixture `versions` that has none yet."""

    def test_what_is_kept_is_found_byte_for_byte(self, versions: KeptVersions) -> None:
        versions.keep({"en-0123456789": SOURCES, "sv-0123456789": b"tack"})

        found = versions.find({"en-0123456789", "sv-0123456789", "de-0123456789"})
        assert {"en-0123456789": SOURCES, "sv-0123456789": b"tack"} == found

    def test_a_version_that_is_there_stays_as_it_is(self, versions: KeptVersions) -> None:
        versions.keep({"en-0123456789": b"first"})
        versions.keep({"en-0123456789": b"second", "sv-0123456789": b"new"})

        found = versions.find({"en-0123456789", "sv-0123456789"})
        assert {"en-0123456789": b"first", "sv-0123456789": b"new"} == found

    def test_nothing_is_found_where_nothing_is_asked_for(self, versions: KeptVersions) -> None:
        assert {} == versions.find(set())
