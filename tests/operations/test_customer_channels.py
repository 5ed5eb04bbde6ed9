"""What a customer's line says of channels: every refusal counts, and only what is certain is consent."""

import pytest

from ordercast.events.order_event import Channel
from ordercast.operations.customer_files import (
    DIFFERENT,
    NO_CHANNEL,
    ONLY_OPT_OUTS,
    OPTED_OUT,
    customer_lines,
)
from tests.operations.customers import line


@pytest.mark.parametrize("field", ["opt_outs", "optOuts", "opt-outs", "OPT OUTS", "optouts"])
@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ("sms", {Channel.SMS}),
        (["SMS"], {Channel.SMS}),
        ("both", {*Channel}),
        (["both"], {*Channel}),
        ("all", {*Channel}),
        (["All"], {*Channel}),
        (["sms", "E-Mail"], {*Channel}),
        ("sms, email", {*Channel}),
        ("E-Mail;SMS", {*Channel}),
        ("SMS and e-mail", {*Channel}),
        ({"sms": True, "email": False}, {Channel.SMS}),
        ({"sms": "true", "email": 1}, {*Channel}),
        ({"all": True}, {*Channel}),
        ({"sms": False, "both": True}, {*Channel}),
        ({"sms": False, "email": None}, set()),
        ([], set()),
    ],
)
def test_an_opt_out_that_has_one_reading_is_read(
    field: str, written: object, refused: set[Channel]
) -> None:
    [only] = customer_lines(line(**{field: written}))

    assert (None, ()) == (only.problem, only.left_out)
    assert only.person is not None
    assert dict.fromkeys(refused, OPTED_OUT) == only.person.refusals


@pytest.mark.parametrize(
    "written", [",", True, {"sms": "perhaps"}, {"fax": True}, [["sms"]], "sms, fax", {"sms": 2}]
)
def test_what_may_be_an_opt_out_and_has_no_reading_is_refused_aloud(written: object) -> None:
    [only] = customer_lines(line(opt_outs=written, promotional_opt_outs="sms", consents="email"))

    assert f"opt_outs: {NO_CHANNEL}; {ONLY_OPT_OUTS}" == only.problem
    assert only.person is not None
    assert {Channel.SMS: OPTED_OUT} == only.person.promotions
    assert frozenset() == only.person.consents


@pytest.mark.parametrize(
    "twice",
    [
        '"opt_outs": ["email"], "opt_outs": []',
        '"opt_outs": [], "opt_outs": ["email"]',
        '"opt_outs": ["email"], "opt_outs": null',
        '"opt_outs": ["email"], "optOuts": []',
        '"opt-outs": "", "optOuts": "email", "opt_outs": {"email": false}',
        '"opt_outs": {"email": true, "email": false}',
        '"email": NaN, "opt_outs": ["email"], "opt_outs": []',
    ],
)
@pytest.mark.parametrize("promotional", ["", "promotional_"])
def test_a_field_that_is_there_twice_loses_no_opt_out(twice: str, promotional: str) -> None:
    named = twice.replace('"opt', f'"{promotional}opt')
    [only] = customer_lines(f'{{"customer_id": "c-1", {named}}}'.encode())

    assert only.problem is None
    assert only.person is not None
    refused = only.person.promotions if promotional else only.person.refusals
    assert {Channel.EMAIL: OPTED_OUT} == refused


def test_of_fields_that_are_there_twice_one_reading_is_refused_and_the_other_kept() -> None:
    [only] = customer_lines(b'{"customerId": 1, "opt_outs": ["fax"], "optOuts": ["email"]}')

    assert f"opt_outs, optOuts: {NO_CHANNEL}; {ONLY_OPT_OUTS}" == only.problem
    assert only.person is not None
    assert {Channel.EMAIL: OPTED_OUT} == only.person.refusals


@pytest.mark.parametrize("field", ["consents", "promotional_consents"])
@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('"F": ["email"], "F": []', DIFFERENT),
        ('"F": [], "F": ["email"]', DIFFERENT),
        ('"F": {"email": true, "email": false}', DIFFERENT),
        ('"F": {"email": true, "both": false}', DIFFERENT),
        ('"F": ["all"]', NO_CHANNEL),
        ('"F": "all"', NO_CHANNEL),
        ('"F": {"email": "perhaps"}', NO_CHANNEL),
    ],
)
def test_a_consent_that_is_not_certain_is_none(field: str, written: str, says: str) -> None:
    said = written.replace('"F"', f'"{field}"')
    [only] = customer_lines(f'{{"customer_id": "c-1", {said}, "opt_outs": "sms"}}'.encode())

    assert (None, (f"{field}: {says}: left out",)) == (only.problem, only.left_out)
    assert only.person is not None
    assert (frozenset(), {}) == (only.person.consents, only.person.promotions)
    assert {Channel.SMS: OPTED_OUT} == only.person.refusals


@pytest.mark.parametrize(
    "written",
    [
        '"consents": "sms, email"',
        '"consents": {"sms": true, "email": "yes"}',
        '"consents": ["sms", "email"], "Consents": "both"',
    ],
)
def test_a_consent_that_is_certain_is_taken(written: str) -> None:
    [only] = customer_lines(f'{{"customerId": "c-1", {written}}}'.encode())

    assert (None, ()) == (only.problem, only.left_out)
    assert only.person is not None
    assert frozenset(Channel) == only.person.consents
