"""The e-mail that is sent has its styles on its elements, and every tag of Jinja where it was."""

import re
from pathlib import Path

import pytest

from ordercast.authoring.inline import LAYOUT, inlined, main
from ordercast.templates import brands

STYLED = "<html><head><style>td { color: var(--text) } .a { margin: 0 }</style></head><body>%s</body></html>"


def test_a_tag_between_rows_stays_between_them() -> None:
    """An HTML parser moves text out of a table, and a loop with it."""
    row = "<tr><td>{{ item }}</td></tr>"
    table = f"<table><tbody>{{% for item in items %}}{row}{{% endfor %}}</tbody></table>"
    made = inlined(STYLED % table)
    assert re.search(
        r"<tbody>\{% for item in items %\}<tr><td style=.*</tr>\{% endfor %\}</t", made
    )


def test_a_colour_is_the_brands() -> None:
    made = inlined(STYLED % "<table><tbody><tr><td></td></tr></tbody></table>")
    assert '<td style="color: {{ brand.colours.text }};">' in made


def test_a_colour_that_no_brand_has_is_refused() -> None:
    with pytest.raises(LookupError, match=r"var\(--purple\): a brand has the colours"):
        inlined('<p style="color: var(--purple)"></p>')


def test_a_table_without_tbody_is_refused() -> None:
    """The parser would write one inside the loop, again for each row."""
    with pytest.raises(LookupError, match="no <tbody>"):
        inlined(STYLED % "<table>{% for item in items %}<tr></tr>{% endfor %}</table>")


def test_what_only_a_style_block_can_say_stays_in_one() -> None:
    kept = "@media (prefers-color-scheme: dark) { p { color: var(--dark-text) } }"
    made = inlined(f'<head><style data-css-inline="ignore">{kept}</style></head><p></p>')
    assert (
        "<style>@media (prefers-color-scheme: dark) { p { color: {{ brand.dark.text }} } }" in made
    )


def test_what_is_sent_is_what_its_source_says() -> None:
    written = (LAYOUT / "email.source.html").read_text()
    assert inlined(written) == (LAYOUT / "email.html").read_text()


def test_a_layout_of_a_brand_is_made_beside_its_source_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "nordic" / "email.source.html"
    source.parent.mkdir()
    source.write_text(STYLED % "<p class=a></p>")
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["inline", "--check"])
    assert 1 == main()
    assert (
        "nordic/email.html is not what its source says: run `make emails`"
        in capsys.readouterr().err
    )
    source.with_name("email.html").write_text(inlined(source.read_text()))
    assert 0 == main()


def test_the_source_is_all_inlined() -> None:
    """Outlook, and Gmail for some accounts, see no style block: each cell has its own font and colour."""
    made = inlined((LAYOUT / "email.source.html").read_text())
    assert 1 == made.count("<style>")
    cells = re.findall(r"<(?:td|h1|p|a)\b[^>]*>", made.partition("</head>")[2])
    visible = [each for each in cells if "[if mso]" not in each and "style=" in each]
    assert len(visible) >= 10
    assert all("font-family" in each for each in visible)
