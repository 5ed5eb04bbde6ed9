"""Keep what the CDK app synthesised, by the content of what it is made from. Used by deployments and tests."""

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NO_INPUTS = frozenset(
    {"benchmarks", "cdk.out", "docs", "examples", "node_modules", "out", "tests", "__pycache__"}
)
"""Folders that no synthesis reads, besides hidden ones. Every other file may be an input."""

INPUT_OF_DOCS = "docs/operator-policy.json"
"""The one file in such a folder that a synthesis reads."""

NO_INPUT_SUFFIXES = frozenset({".md"})

KEPT = 4
"""Syntheses of one name that are kept; the oldest go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisCache:
    """What was synthesised of the checkout *root* under one *name*, such as a stage's.

    The lock files stand for what is installed.
    """

    root: Path
    name: str

    def key(self) -> str:
        """Return what changes whenever a file does that the app may read, or this Python."""
        digest = hashlib.sha256(f"{sys.version}\0{platform.machine()}".encode())
        for path in sorted(inputs(self.root)):
            content = hashlib.sha256(path.read_bytes()).digest()
            digest.update(f"\0{path.relative_to(self.root)}\0".encode() + content)
        return digest.hexdigest()[:16]

    def find(self, key: str) -> Path | None:
        """Return the folder of what was synthesised from that, if it is kept; only to be read."""
        kept = self._folder(key)
        try:
            os.utime(kept)
        except FileNotFoundError:
            return None
        return kept

    def keep(self, key: str, made: Path) -> Path:
        """Move what was *made* here, and return where it is.

        It stays where it is when a file has changed meanwhile: nobody knows what it is made from.
        """
        if key != self.key():
            return made
        kept = self._folder(key)
        kept.parent.mkdir(parents=True, exist_ok=True)
        # It appears under its name only when it is complete, also from another file system.
        draft = kept.with_name(f"{kept.name}.{os.getpid()}.new")
        shutil.move(made, draft)
        try:
            draft.rename(kept)
        except OSError:
            if not kept.exists():
                raise
            shutil.rmtree(draft)  # another synthesis was faster, and its result is the same
        self._forget_oldest()
        return kept

    def _folder(self, key: str) -> Path:
        return self.root / ".tools" / "synthesised" / f"{self.name}-{key}"

    def _forget_oldest(self) -> None:
        kept = self._folder("*")
        found = sorted(kept.parent.glob(kept.name), key=lambda path: path.stat().st_mtime)
        for path in found[:-KEPT]:
            shutil.rmtree(path, ignore_errors=True)


def inputs(folder: Path) -> Iterator[Path]:
    """Yield every file of a checkout that a synthesis may read."""
    if (policy := folder / INPUT_OF_DOCS).exists():
        yield policy
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in NO_INPUTS:
            continue
        if path.is_dir():
            yield from inputs(path)
        elif path.suffix not in NO_INPUT_SUFFIXES:
            yield path
