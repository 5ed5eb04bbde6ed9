"""Build the folder that Lambda runs: our own sources and the locked dependencies. Used by `package`.

No Docker: uv installs wheels for the target platform, whatever this machine is. The installed
dependencies are kept in `.tools/bundles`, so only a change to the lock installs them again. Set-up
puts them there before the first synthesis (`prepare`).
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

from ordercast.settings.stage import BundleTarget
from ordercast.templates.brands import SOURCE
from pipeline.bundling import locale_data

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("ordercast", "processors", "analytics")
_NOT_SHIPPED = {"__pycache__", "authoring", "cli", "console", "operations", "queries"}
"""Folders of these packages that no function imports."""

SERVICES = (
    *("cloudwatch", "dynamodb", "kinesis", "pinpoint-sms-voice-v2"),
    *("s3", "secretsmanager", "sesv2", "sns", "sqs"),
)
"""The AWS services that functions call. The descriptions of all others, two thirds of boto3, are dropped."""


class NotInstalled(Exception):
    """The dependencies of a bundle are not there. The message says what to try; *why* is uv's own."""

    def __init__(self, *, what: str, why: str) -> None:
        super().__init__(what)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides what a bundle holds.

    `compiler` is an interpreter of the version `python`; without one the bundle has sources only
    and starts more slowly, since bytecode of another version is useless: it is not deployed. From
    one recipe any machine makes the same bundle.
    """

    python: str
    machine: str
    for_host: bool
    requirements: str
    compiler: str | None

    def hash(self) -> str:
        """Return a hash of everything that is in the bundle."""
        digest = hashlib.sha256(self.dependencies_hash().encode())
        for path in shipped_sources(ROOT):
            digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def dependencies_hash(self) -> str:
        """Return a hash of everything that decides which dependencies are installed, and how."""
        compiled = "bytecode" if self.compiler else "sources"
        parts = (self.requirements, self.python, self.machine, str(self.for_host), compiled)
        how = (Path(__file__).read_text(), Path(locale_data.__file__).read_text())
        languages = sorted(locale_data.languages_in(ROOT))
        return hashlib.sha256("\0".join((*parts, *how, *languages)).encode()).hexdigest()

    def fill(self, folder: Path) -> None:
        """Put the bundle into *folder*."""
        kept = self.dependencies()
        shutil.copytree(kept, folder, dirs_exist_ok=True, copy_function=_link)
        for path in shipped_sources(ROOT):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        self._compile(*(folder / package for package in SHIPPED), within=folder)

    def dependencies(self) -> Path:
        """Install once, in a folder that appears under its name only when it is complete.

        Raises `NotInstalled`.
        """
        kept = ROOT / ".tools" / "bundles" / self.dependencies_hash()[:16]
        if kept.exists():
            return kept
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=_UNFINISHED) as scratch:
            _sweep(Path(scratch))
            built = Path(scratch) / "built"
            self._install(built)
            _trim(built)
            locale_data.prune(built, locale_data.languages_in(ROOT))
            self._compile(built, within=built)
            try:
                built.rename(kept)
            except OSError:
                if not kept.exists():  # else another synthesis was faster; its result is the same
                    raise
        return kept

    def _install(self, folder: Path) -> None:
        requirements = folder.with_suffix(".txt")
        requirements.write_text(self.requirements)
        elsewhere = (
            f"--python-platform={self.machine}-manylinux2014",
            f"--python-version={self.python}",
        )
        command = (
            *(find_uv_bin(), "pip", "install", "--quiet", "--python", sys.executable),
            *(() if self.for_host else elsewhere),
            *("--only-binary", ":all:", "--require-hashes", "--target", str(folder)),
            *("--requirements", str(requirements), "--color", "never"),
        )
        done = subprocess.run(command, stderr=subprocess.PIPE, check=False, text=True)
        if done.returncode:
            raise self._not_installed(done.stderr)

    def no_compiler(self) -> NotInstalled:
        """Say how to get what compiles the bundle."""
        what = (
            f"The functions need bytecode of Python {self.python}, and there is none on this machine: "
            f"install it as python{self.python}, or with "
            f"`UV_PYTHON_DOWNLOADS=manual .venv/bin/uv python install {self.python}`."
        )
        return NotInstalled(what=what, why=what)

    def _not_installed(self, why: str) -> NotInstalled:
        log = ROOT / ".tools" / "logs" / "bundle.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(why)
        what = (
            f"The functions' packages for Python {self.python} on {self.machine} are not installed: "
            f"`make clean bootstrap` does that, where there is a network.\nlog: {log}"
        )
        return NotInstalled(what=what, why=why)

    def _compile(self, *folders: Path, within: Path) -> None:
        if self.compiler is None:
            return
        # Bytecode names its source: where Lambda has it, not the folder of this machine.
        paths = () if self.for_host else ("-s", str(within), "-p", "/var/task")
        # Unchecked: Lambda unpacks with new modification times, which would outdate the others.
        options = ("-q", "--invalidation-mode", "unchecked-hash")
        _run(self.compiler, "-m", "compileall", *options, *paths, *map(str, folders))


def shipped_sources(root: Path) -> Iterator[Path]:
    """Yield the files of the shipped packages and the brands, always in the same order."""
    for package in (*SHIPPED, "brands"):
        for path in sorted((root / package).rglob("*")):
            skipped = _NOT_SHIPPED & set(path.relative_to(root).parts)
            if path.is_file() and not skipped and not path.name.endswith(SOURCE):
                yield path


def recipe(target: BundleTarget) -> Recipe:
    """Return the recipe of the bundle for *target*; nothing is built yet."""
    for_host = target.architecture == "host"
    python = HOST_PYTHON if for_host else target.python
    machine = platform.machine() if for_host else target.architecture
    return Recipe(
        python=python,
        machine={"arm64": "aarch64"}.get(machine, machine),
        for_host=for_host,
        requirements=_requirements(),
        compiler=_compiler(python),
    )


HOST_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def _requirements() -> str:
    """Return what ships, with hashes: the project's extra for Lambda, and no group."""
    return _run(
        *(find_uv_bin(), "export", "--quiet", "--frozen", "--extra", "lambda"),
        "--no-default-groups",
        *("--no-emit-project", "--no-header", "--no-annotate", "--color", "never"),
        *("--project", str(ROOT)),
    )


@cache
def _compiler(python: str) -> str | None:
    """Return an interpreter of version *python*, if this machine has one that works."""
    if python == HOST_PYTHON:
        return sys.executable
    try:
        found = _run(find_uv_bin(), "python", "find", "--no-project", python, quiet=True)
    except subprocess.CalledProcessError:
        return None
    return found.strip()


def _trim(folder: Path) -> None:
    """Drop what no function reads: other services' descriptions, towns and carriers of numbers, commands."""
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)
    for names in ("geodata", "carrierdata"):
        shutil.rmtree(folder / "phonenumbers" / names, ignore_errors=True)
    shutil.rmtree(folder / "bin", ignore_errors=True)


_UNFINISHED = "unfinished-"
_ABANDONED_AFTER = 3600  # seconds; an installation takes a few


def _sweep(scratch: Path) -> None:
    """Remove what a killed synthesis left behind, but not the work of a running one."""
    for other in scratch.parent.glob(f"{_UNFINISHED}*"):
        if scratch.stat().st_mtime - other.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(other, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _run(*command: str, quiet: bool = False) -> str:
    errors = subprocess.DEVNULL if quiet else None
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, check=True, text=True)
    return done.stdout
