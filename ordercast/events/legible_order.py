"""Read the order_id of an event that may be wrong in all else. Used to name parked objects by their orders."""

from ordercast.events.documents import document_in


def legible_order_id(payload: bytes) -> str | None:
    """Return the one order_id that an event names, under any known spelling; None where there is none or two.

    Never raises: what cannot be read at all is parked all the same.
    """
    # Few events are parked, and a relay starts sooner without these.
    from ordercast.events.reading.spellings import EVENT, sorted_out  # noqa: PLC0415
    from ordercast.events.reading.values import identifier  # noqa: PLC0415

    try:
        written = sorted_out(document_in(payload), EVENT).get("order_id", ())
        found = {identifier(each.value) for each in written}
    except Exception:  # noqa: BLE001 - a bug here must not keep a record from being parked
        return None
    return found.pop() if len(found) == 1 else None
