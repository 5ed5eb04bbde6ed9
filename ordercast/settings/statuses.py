"""Read a stage's own words for statuses. Used by wiring and the checks of settings."""


def status_synonyms(written: str) -> dict[str, str]:
    """Read `klar ready_for_pickup, processing confirmed`: the status of each word, by `plain`.

    A status may be a brand's own. Raises `ValueError` for anything else.
    """
    from ordercast.events.statuses import STATUSES, plain  # noqa: PLC0415  (the relay and synthesis ask)
    from ordercast.templates.brands import all_brands  # noqa: PLC0415

    known = [*STATUSES, *(name for brand in all_brands() for name in brand.statuses)]
    found: dict[str, str] = {}
    for each in filter(None, map(str.strip, written.split(","))):
        word, _, status = each.rpartition(" ")
        if not plain(word):
            message = f"{each} is not a word and its status"
            raise ValueError(message)
        if status not in known:
            message = f"{status} is none of {', '.join(known)}"
            raise ValueError(message)
        if found.setdefault(plain(word), status) != status:
            message = f"{word.strip()} has two"
            raise ValueError(message)
    return found
