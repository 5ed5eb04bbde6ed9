"""What `ordercast new` makes can be used at once, and says what is left to write."""

from pathlib import Path

import pytest

from ordercast.authoring.lint import lint
from ordercast.authoring.scaffold import new_brand, new_language, new_template, untranslated
from ordercast.templates.brands import NO_BRAND, read_brands
from ordercast.templates.sources import sources_of
from ordercast.usage_error import UsageError
from tests.authoring.conftest import again


def faults(checkout: Path) -> list[str]:
    with again(checkout):
        return list(map(str, lint(read_brands(checkout / "brands").values())))


def test_a_new_brand_is_one_that_lint_passes(checkout: Path) -> None:
    assert [checkout / "brands" / "tea-house" / "brand.toml"] == new_brand("tea-house")
    assert "Tea House" == read_brands(checkout / "brands")["tea-house"].name
    assert [] == faults(checkout)


def test_each_field_of_a_new_brand_can_be_used_as_it_stands(checkout: Path) -> None:
    """Whoever takes away a `# ` has a field, not a riddle."""
    (file,) = new_brand("tea-house")
    lines = file.read_text().splitlines()
    fields = [
        line[2:] if (line.startswith("# ") and "= " in line) or line.startswith("# [") else line
        for line in lines
    ]
    file.write_text(
        "\n".join(
            line.partition("] #")[0] + "]" if "] #" in line else line
            for line in fields
            if not line.startswith("# ")
        )
    )
    made = read_brands(checkout / "brands")["tea-house"]
    assert ("help@tea-house.example.com", "TEAHOUSE") == (made.reply_to, made.sender_ids["SE"])
    assert made.logo is not None
    assert {"packed"} == set(made.statuses)


def test_a_new_template_of_a_brand_lacks_nothing(checkout: Path) -> None:
    """A reader who is told of other statuses in Swedish is told of this one in Swedish."""
    made = new_template("sewn", "nordic")
    assert ["brand.toml", "en.toml", "sv.toml"] == [each.name for each in made]
    generic = checkout / "templates" / "generic"
    assert [(generic / each.name).read_text() for each in made[1:]] == [
        each.read_text() for each in made[1:]
    ]
    assert [] == faults(checkout)
    assert {"packed", "sewn"} == set(read_brands(checkout / "brands")["nordic"].statuses)


def test_a_new_template_of_all_shops_is_there_in_each_language(checkout: Path) -> None:
    made = new_template("sewn", None)
    assert ["en.toml", "sv.toml"] == [each.name for each in made]
    assert made[0].read_text() == (checkout / "templates" / "generic" / "en.toml").read_text()


def test_a_new_language_lists_all_that_is_to_be_translated(checkout: Path) -> None:
    made = new_language("fi", None)
    assert ["confirmed", "generic", "layout", "shipped"] == [each.parent.name for each in made]
    with again(checkout):
        said = "\n".join(map(str, untranslated()))
    assert "shipped/fi.toml: heading: is the same as in en: translate it" in said
    assert "layout/fi.toml: reason: is the same as in en" in said


def test_a_new_language_of_a_brand_is_of_what_the_brand_has_written(checkout: Path) -> None:
    (checkout / "brands" / "nordic" / "packed" / "sv.toml").unlink()
    assert ["packed"] == [each.parent.name for each in new_language("sv", "nordic")]


@pytest.mark.parametrize(("shop", "folders"), [(None, 4), ("nordic", 1)])
def test_a_language_with_a_parent_has_what_differs_from_it(
    checkout: Path, shop: str | None, folders: int
) -> None:
    """Copies of all its words would have to be kept the same for ever."""
    made = new_language("sv-FI", shop)
    assert folders == len(made)
    for each in made:
        first, *lines = each.read_text().splitlines()
        assert first.startswith("# As in sv, but for the lines without a #")
        assert each.with_stem("sv").read_text().splitlines() == [line[2:] for line in lines]
        assert {"#"} == {line[0] for line in lines}
    assert [] == faults(checkout)


def test_of_a_language_with_a_parent_the_line_without_a_comment_is_said(checkout: Path) -> None:
    new_language("sv-FI", None)
    file = checkout / "templates" / "shipped" / "sv-FI.toml"
    file.write_text(file.read_text().replace('# heading = "Din', 'heading = "Er'))
    with again(checkout):
        said = sources_of("shipped", "sv-FI", NO_BRAND).words
        parent = sources_of("shipped", "sv", NO_BRAND).words
    assert {"heading"} == {key for key, text in said.items() if text != parent[key]}


def test_what_is_written_is_never_written_over(checkout: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        new_brand("nordic")
    with pytest.raises(UsageError, match="there is a template shipped already"):
        new_template("shipped", None)
    with pytest.raises(UsageError, match="all that is written in en is there in sv"):
        new_language("sv", None)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda: new_brand("../elsewhere"), "../elsewhere is no name: small letters"),
        (lambda: new_brand("layout"), "layout is no name"),
        (lambda: new_template("Sewn", "nordic"), "Sewn is no name"),
        (lambda: new_language("german", None), "german is no language such as de or pt-BR"),
        (lambda: new_language("de", "acme"), "there is no brand acme; there is nordic"),
        (lambda: new_language("de", "nordic"), "all shops come first: ordercast new language de"),
    ],
)
def test_what_cannot_be_a_name_is_refused(checkout: Path, make, refusal: str) -> None:
    with pytest.raises(UsageError) as refused:
        make()
    assert refused.value.what.startswith(refusal)
