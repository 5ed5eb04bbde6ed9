"""The commands `ordercast new …`: make the files of a brand, a template or a language. Used by who writes templates."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ordercast.authoring.scaffold import new_brand, new_language, new_template, untranslated
from ordercast.cli.output.terminal import console
from ordercast.operations.checkout import there
from ordercast.usage_error import UsageError

new = typer.Typer(
    name="new", no_args_is_help=True, help="Make the files of a new brand, template or language."
)

OfBrand = Annotated[str | None, typer.Option("--brand", help="Of one brand, by its folder.")]


@new.callback()
def in_a_checkout() -> None:
    """Make the files of a new brand, template or language."""
    if not there():
        raise UsageError("templates are written in a checkout of Ordercast")


@new.command()
def brand(
    shop: Annotated[str, typer.Argument(help="The shop, as order events name it.")],
) -> None:
    """Make brands/SHOP/brand.toml, with every field in a comment."""
    _say(new_brand(shop), "next: ordercast templates preview")


@new.command()
def template(
    status: Annotated[str, typer.Argument(help="The status, in small letters.")],
    of: OfBrand = None,
) -> None:
    """Make the words of a status in each language, of one brand or of all shops."""
    made = new_template(status, of)
    line = f'"{status}": Status(send_within=_A_DAY), in STATUSES of ordercast/events/statuses.py'
    _say(made, f"next: rewrite the words{'' if of else f', and add {line}'}")
    _say_untranslated()


@new.command()
def language(
    code: Annotated[str, typer.Argument(help="Such as fi or pt-BR.")], of: OfBrand = None
) -> None:
    """Copy what is written in English, to be translated, and list what is not translated yet."""
    _say(new_language(code, of), "next: translate what they say")
    _say_untranslated()


def _say(made: Iterable[Path], then: str) -> None:
    for path in made:
        console.print(f"made {path}", markup=False)
    console.print(then, markup=False)


def _say_untranslated() -> None:
    found = untranslated()
    console.print(f"{len(found)} not translated yet", markup=False)
    for each in found:
        console.print(f"  {each}", markup=False)
