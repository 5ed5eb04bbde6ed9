"""The pattern language: what matches, what does not, and what is not a pattern."""

import json
from typing import Any

import pytest

from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.filtering.patterns import pattern_of, read_json


def matches(pattern: Any, document: Any) -> bool:
    """Match texts of JSON, for numbers are compared as they are written, or what is one in Python."""
    written, read = (
        each if isinstance(each, str) else json.dumps(each) for each in (pattern, document)
    )
    return pattern_of(written).matches(read_json(read))


@pytest.mark.parametrize(
    ("rules", "taken", "left"),
    [
        (["a", "b"], ["a", "b"], ["c", "A", "", None]),
        ([None], [None], ["", "null", 0, False]),
        ([""], [""], [None, " ", "a"]),
        ([True], [True], ["true", "True", 1, False]),
        ([7], [7], ["7", 70, 7.5]),
    ],
)
def test_a_value_of_the_list_matches_character_by_character(
    rules: Any, taken: list[Any], left: list[Any]
) -> None:
    assert all(matches({"f": rules}, {"f": value}) for value in taken)
    assert not any(matches({"f": rules}, {"f": value}) for value in left)


@pytest.mark.parametrize("number", ["300", "300.0", "3.0e2", "3E2"])
def test_numbers_are_equal_as_they_are_written(number: str) -> None:
    others = {"300", "300.0", "300.00", "3.0e2", "3E2", '"300"'} - {number}

    assert matches(f'{{"f": [{number}]}}', f'{{"f": {number}}}')
    assert not any(matches(f'{{"f": [{number}]}}', f'{{"f": {other}}}') for other in others)
    but = f'{{"f": [{{"anything-but": [{number}]}}]}}'
    assert not matches(but, f'{{"f": {number}}}')
    assert all(matches(but, f'{{"f": {other}}}') for other in others)


def test_of_two_fields_both_have_to_match_and_others_do_not_matter() -> None:
    pattern = {"f": ["a"], "g": ["b"]}

    assert matches(pattern, {"f": "a", "g": "b", "h": "c"})
    assert not matches(pattern, {"f": "a", "g": "c"})
    assert not matches(pattern, {"f": "c", "g": "b"})
    assert not matches(pattern, {"f": "a"})


def test_nested_fields_match_where_they_are() -> None:
    pattern = {"order": {"customer": {"country": ["SE"]}}}

    assert matches(pattern, {"order": {"customer": {"country": "SE", "name": "n"}}})
    assert not matches(pattern, {"order": {"country": "SE"}})
    assert not matches(pattern, {"customer": {"country": "SE"}})
    assert not matches(pattern, {"order": "SE"})


def test_a_prefix_begins_a_string() -> None:
    assert matches({"f": [{"prefix": "ab"}]}, {"f": "abc"})
    assert not matches({"f": [{"prefix": "ab"}]}, {"f": "cab"})
    assert not matches({"f": [{"prefix": "1"}]}, {"f": 12})
    assert matches({"f": [{"prefix": {"equals-ignore-case": "aB"}}]}, {"f": "Abc"})
    assert not matches({"f": [{"prefix": {"equals-ignore-case": "aB"}}]}, {"f": "cAb"})


def test_a_suffix_ends_a_string() -> None:
    assert matches({"f": [{"suffix": ".png"}]}, {"f": "a.png"})
    assert not matches({"f": [{"suffix": ".png"}]}, {"f": "a.png.txt"})
    assert not matches({"f": [{"suffix": "2"}]}, {"f": 12})
    assert matches({"f": [{"suffix": {"equals-ignore-case": ".png"}}]}, {"f": "a.PNG"})
    assert not matches({"f": [{"suffix": {"equals-ignore-case": ".png"}}]}, {"f": "a.PNG.txt"})


def test_a_string_may_be_equal_but_for_its_case() -> None:
    assert matches({"f": [{"equals-ignore-case": "alice"}]}, {"f": "ALICE"})
    assert not matches({"f": [{"equals-ignore-case": "alice"}]}, {"f": "alic"})
    assert not matches({"f": [{"equals-ignore-case": "null"}]}, {"f": None})


@pytest.mark.parametrize(
    ("comparison", "taken", "left"),
    [
        (["=", 100], ["100", "100.0", "1e2"], ["100.1", '"100"', "null"]),
        ([">", 10, "<=", 20], ["10.5", "20", "2e1"], ["10", "20.01", '"15"', "true"]),
        (["<", 0.3], ["0.1", "-5"], ["0.3", "0.30"]),
        ([">=", 1], ["1", "1.0"], ["0.999999", "1e999999999999999999999"]),
    ],
)
def test_numeric_compares_values_of_numbers(
    comparison: list[Any], taken: list[str], left: list[str]
) -> None:
    pattern = {"f": [{"numeric": comparison}]}

    assert all(matches(pattern, f'{{"f": {value}}}') for value in taken)
    assert not any(matches(pattern, f'{{"f": {value}}}') for value in left)


@pytest.mark.parametrize(
    ("but", "taken", "left"),
    [
        ("a", ["b", 1, None, "A"], ["a"]),
        (["a", "b"], ["c", None], ["a", "b"]),
        ([1, 2], [3, "1"], [1, 2]),
        ({"prefix": "in"}, ["begin", 7], ["in", "initial"]),
        ({"suffix": ["x", "y"]}, ["xy-"], ["x", "ay"]),
        ({"equals-ignore-case": "a"}, ["ab"], ["A", "a"]),
    ],
)
def test_anything_but_matches_all_else_that_is_there(
    but: Any, taken: list[Any], left: list[Any]
) -> None:
    pattern = {"f": [{"anything-but": but}]}

    assert all(matches(pattern, {"f": value}) for value in taken)
    assert not any(matches(pattern, {"f": value}) for value in left)
    assert not matches(pattern, {})


def test_exists_is_about_leaves() -> None:
    pattern = {"f": [{"exists": True}]}

    assert all(matches(pattern, {"f": value}) for value in ("a", "", 0, None, False, ["a"]))
    bodies: list[Any] = [{}, {"f": {"g": 1}}, {"f": []}]
    assert not any(matches(pattern, each) for each in bodies)


def test_what_does_not_exist_has_no_leaf() -> None:
    pattern = {"f": [{"exists": False}], "g": ["a"]}

    assert matches(pattern, {"g": "a"})
    assert matches(pattern, {"g": "a", "f": {"h": 1}})
    assert not matches(pattern, {"g": "a", "f": None})
    assert not matches(pattern, {})
    assert not matches(pattern, {"g": "b"})
    assert not matches({"g": ["a"]}, {})


def test_what_does_not_exist_may_have_one_of_some_values_instead() -> None:
    pattern = {"f": ["a", {"exists": False}]}

    assert [True, True, False] == [matches(pattern, each) for each in ({}, {"f": "a"}, {"f": "b"})]


def test_one_alternative_of_an_or_suffices() -> None:
    pattern = {"g": ["a"], "$or": [{"f": [1], "h": ["x"]}, {"f": [{"numeric": [">", 5]}]}]}

    assert matches(pattern, {"g": "a", "f": 1, "h": "x"})
    assert matches(pattern, {"g": "a", "f": 6})
    assert not matches(pattern, {"g": "a", "f": 1, "h": "y"})
    assert not matches(pattern, {"g": "b", "f": 6})


def test_an_or_stands_inside_an_object_too_and_may_be_a_field_s_name() -> None:
    assert matches({"o": {"$or": [{"f": ["a"]}, {"g": ["b"]}]}}, {"o": {"g": "b"}})
    assert matches({"$or": ["a"]}, {"$or": "a"})
    assert matches({"$or": {"f": ["a"]}}, {"$or": {"f": "a"}})


def test_of_an_array_one_element_has_to_match_as_a_whole() -> None:
    orders = {"lines": [{"sku": "a", "count": 1}, {"sku": "b", "count": 2}], "tags": ["x", "y"]}

    assert matches({"tags": ["y", "z"]}, orders)
    assert matches({"lines": {"sku": ["b"], "count": [2]}}, orders)
    assert not matches({"lines": {"sku": ["a"], "count": [2]}}, orders)
    assert matches({"lines": {"sku": ["a"]}, "tags": ["y"]}, orders)
    assert not matches({"lines": {"sku": [{"exists": False}]}}, orders)


def test_of_two_equal_keys_the_last_counts() -> None:
    assert matches('{"f": ["a"], "f": ["b"]}', '{"f": "a", "f": "b"}')
    assert not matches('{"f": ["b"], "f": ["a"]}', '{"f": "b"}')


@pytest.mark.parametrize(
    "wrong",
    [
        "no JSON",
        "[]",
        "{}",
        '{"f": {}}',
        '{"f": []}',
        '{"f": "a"}',
        '{"f": [["a"]]}',
        '{"f": [NaN]}',
        '{"f": [{}]}',
        '{"f": [{"wildcard": "*"}]}',
        '{"f": [{"cidr": "10.0.0.0/8"}]}',
        '{"f": [{"prefix": "a", "suffix": "b"}]}',
        '{"f": [{"prefix": 1}]}',
        '{"f": [{"prefix": {"suffix": "a"}}]}',
        '{"f": [{"exists": "yes"}]}',
        '{"f": [{"numeric": [">"]}]}',
        '{"f": [{"numeric": [">", "1"]}]}',
        '{"f": [{"numeric": ["!=", 1]}]}',
        '{"f": [{"numeric": ["<", 1e999999999999999999999]}]}',
        '{"f": [{"anything-but": []}]}',
        '{"f": [{"anything-but": [null]}]}',
        '{"f": [{"anything-but": {"numeric": ["<", 1]}}]}',
        '{"f": [{"anything-but": {"prefix": "a", "suffix": "b"}}]}',
        '{"f": ["' + "a" * 4090 + '"]}',
        '{"f": ' * 4096,
    ],
)
def test_what_is_no_pattern_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidPattern):
        pattern_of(wrong)


def test_a_document_that_is_nested_beyond_reading_is_no_json() -> None:
    with pytest.raises(ValueError, match="deeply"):
        read_json("[" * 100_000)
