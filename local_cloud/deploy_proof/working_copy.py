"""Copy the sources of the CDK app, so that they can be changed and deployed. Used by `run` and the chaos run.

A copy has the installed tools of the checkout; what is synthesised of it is kept like any synthesis.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from local_cloud.environment import CHECKOUT

STAGE = "proof"
DOMAIN = "proof.example.com"

_COPIED = (
    *("app.py", "cdk.json", "package.json", "pyproject.toml", "uv.lock"),
    *("analytics", "ordercast", "packages", "pipeline", "processors", "stages"),
    "docs/operator-policy.json",
)
_LINKED = (".tools", ".venv", "node_modules")

_OWN_SETTINGS = {
    "removal": '"retain"',
    "deletion_protection": "true",
    "mail_domain": f'"{DOMAIN}"',
    "email_from": f'"orders@{DOMAIN}"',
}
"""In what the stage differs from the local cloud's: it keeps its data and is protected, as prod is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """The sources in the folder *root*, of which a *stage* can have other settings."""

    root: Path
    stage: str = STAGE

    @classmethod
    def make(cls, root: Path) -> "WorkingCopy":
        """Copy the checkout's sources to *root*, which must not exist, with a stage of the proof's own."""
        copy = cls.of(root, STAGE)
        shutil.copy(root / "stages/local.toml", root / f"stages/{STAGE}.toml")
        copy.set(**_OWN_SETTINGS)
        return copy

    @classmethod
    def of(cls, root: Path, stage: str) -> "WorkingCopy":
        """Copy the checkout's sources to *root*, which must not exist, to change settings of *stage*."""
        root.mkdir(parents=True)
        unwanted = shutil.ignore_patterns("__pycache__")
        for name in _COPIED:
            source = CHECKOUT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=unwanted)
            else:
                (root / name).parent.mkdir(exist_ok=True)
                shutil.copy(source, root / name)
        for name in _LINKED:
            (root / name).symlink_to(CHECKOUT / name)
        return cls(root=root, stage=stage)

    def set(self, **settings: str) -> None:
        """Give the stage these settings, each as TOML has it, instead of those it has."""
        file = self.root / f"stages/{self.stage}.toml"
        text = file.read_text()
        for name in settings:
            text = re.sub(rf"(?m)^{name} = .*\n", "", text)
        head = "".join(f"{name} = {value}\n" for name, value in settings.items())
        file.write_text(head + text)

    def set_in(self, table: str, **settings: str) -> None:
        """Give a table of the stage these settings besides, each as TOML has it."""
        file = self.root / f"stages/{STAGE}.toml"
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        file.write_text(file.read_text().replace(f"[{table}]\n", f"[{table}]\n{lines}", 1))

    def change(self, name: str, old: str, new: str) -> None:
        """Put *new* in the place of *old*, which is once in the file *name*; raises ValueError."""
        file = self.root / name
        text = file.read_text()
        if text.count(old) != 1:
            message = f"{name} has {text.count(old)} times: {old}"
            raise ValueError(message)
        file.write_text(text.replace(old, new))
