"""The commands `ordercast templates …`: list, preview, lint and send-test. Used by who writes templates."""

import json
import webbrowser
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich import box
from rich.table import Table as Grid

from ordercast.authoring.catalogue import templates_of, variants
from ordercast.authoring.costs import TextCost, dearest
from ordercast.authoring.lint import lint as find_faults
from ordercast.authoring.lint_rendered import BUDGET
from ordercast.authoring.preview import preview as preview_page
from ordercast.authoring.preview import title
from ordercast.authoring.trial_order import trial_event
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.put import put
from ordercast.operations.target import LOCAL_STAGE
from ordercast.operations.units import NONE
from ordercast.sending.prices import price_of_part
from ordercast.templates import brands
from ordercast.templates.brands import NO_BRAND, Brand, read_brands
from ordercast.templates.sms_text import Encoding
from ordercast.usage_error import UsageError

templates = typer.Typer(
    name="templates",
    no_args_is_help=True,
    help="List, show and check the words of messages, and send one to yourself.",
)

Folder = Annotated[Path | None, typer.Option("--brands", help="Another folder of brands.")]


@templates.command("list")
def list_templates(folder: Folder = None) -> None:
    """List the templates of all shops and of each brand, with their languages."""
    known = _brands(folder)
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("brand", "template", "languages"):
        grid.add_column(heading)
    everything = variants(known)
    for brand in (NO_BRAND, *known):
        for template in templates_of(brand):
            same = (each for each in everything if each.brand is brand)
            spoken = [each.language for each in same if each.template == template]
            grid.add_row(title(brand), template, " ".join(spoken))
    console.print(grid)


@templates.command()
def preview(
    folder: Folder = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("out/templates.html"),
    opened: Annotated[bool, typer.Option("--open/--no-open", help="Open it.")] = True,  # noqa: FBT002
) -> None:
    """Save one page with every template, channel, brand and language, and open it."""
    known = _brands(folder)
    try:
        page = preview_page(known)
    except Exception as error:
        hint = "`ordercast templates lint` says which one"
        raise UsageError(f"a template cannot be rendered: {error}", hint=hint) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    console.print(str(out), markup=False)
    if opened:
        webbrowser.open(out.resolve().as_uri())


@templates.command()
def lint(
    folder: Folder = None,
    most: Annotated[
        int, typer.Option("--parts", min=1, help="The most parts of a text with long fields.")
    ] = BUDGET[Encoding.GSM_7],
    countries: Annotated[str, typer.Option(help="Show what the dearest texts cost there.")] = "US",
) -> None:
    """Find what would reach customers wrong, and show what the longest texts cost; status 1 for a fault.

    A text in UCS-2 may have twice as many parts.
    """
    known = _brands(folder)
    found = find_faults(known, budget={Encoding.GSM_7: most, Encoding.UCS_2: 2 * most})
    for each in found:
        errors_console.print(str(each), markup=False)
    if found:
        raise typer.Exit(1)
    where = [each.strip().upper() for each in countries.split(",") if each.strip()]
    _show_costs(dearest(known, where, price_of_part), where)


@templates.command("send-test")
def send_test(
    template: Annotated[str, typer.Argument(help="As `templates list` names it.")],
    to: Annotated[str, typer.Argument(help="Your own e-mail address, or phone number (+1…).")],
    language: Annotated[str, typer.Option(help="Such as en or pt-BR.")] = "en",
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Send one message about a made-up order to yourself, as a stage sends it."""
    known = [each for brand in (NO_BRAND, *_brands(None)) for each in templates_of(brand)]
    if template not in known:
        hint = f"there is {', '.join(dict.fromkeys(known))}"
        raise UsageError(f"there is no template {template}", hint=hint)
    event = trial_event(template, to, language=language, shop=shop, at=datetime.now(UTC))
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "order.json"
        file.write_text(json.dumps(event), encoding="utf-8")
        put(str(file), stage=stage, cloud=cloud)
    of_shop = f" --shop {shop}" if shop else ""
    of_stage = f" --stage {stage}" if stage != LOCAL_STAGE else ""
    console.print(
        f"What became of it: ordercast status {event['order_id']}{of_shop}{of_stage}", markup=False
    )


def _brands(folder: Path | None) -> list[Brand]:
    return list(read_brands(folder or brands.FOLDER).values())


def _show_costs(costs: Iterable[TextCost], countries: Iterable[str]) -> None:
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("brand", "language", "longest text", "parts", "encoding", *countries):
        grid.add_column(heading)
    for each in costs:
        prices = (NONE if price is None else f"{price:.5f}" for price in each.prices.values())
        variant, counted = each.variant, each.parts
        grid.add_row(
            title(variant.brand),
            variant.language,
            variant.template,
            str(counted.parts),
            counted.encoding,
            *prices,
        )
    console.print("No faults. The longest texts, with long fields; prices in US dollars:")
    console.print(grid)
