"""The README names every command that there is."""

import typer

from ordercast.cli import app as cli
from tests.pages import ROOT


def test_every_command_is_in_the_readme_s_table() -> None:
    table = (ROOT / "README.md").read_text().partition("\n## Commands\n")[2].partition("\n## ")[0]
    commands = getattr(typer.main.get_command(cli.app), "commands", {})

    assert len(commands) > 15
    assert [] == [name for name in commands if f"`ordercast {name}`" not in table]
