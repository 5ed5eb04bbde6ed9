"""Write what is on record of a customer or an address, field by field. Used by `ordercast customers show` and the console."""

from ordercast.people.person import Person


def fields_of_person(person: Person) -> dict[str, str | None]:
    """Return each field in words; empty where nothing is known. E-mail and phone are as they are stored."""
    quiet = person.quiet
    return {
        "customer": person.customer_id,
        "shop": person.shop,
        "e-mail": person.email,
        "phone": person.phone,
        "country": person.country,
        "locale": person.locale,
        "time zone": person.time_zone,
        "channels": " ".join(person.channels or ()),
        "agreed to": " ".join(sorted(person.consents)),
        "refused": ", ".join(f"{c} ({why})" for c, why in sorted(person.refusals.items())),
        "promotional": ", ".join(f"{c} ({said})" for c, said in sorted(person.promotions.items())),
        # Each concerns one address, which is stored as its hash only.
        "suppressions": "\n".join(
            f"{each.channel}: {each.reason}, by {each.kind} on {each.at:%Y-%m-%d %H:%M}"
            for each in sorted(person.suppressions.values(), key=lambda each: each.at)
        ),
        "unsuppressions": "\n".join(
            f"{each.reason}, by {each.by} on {each.at:%Y-%m-%d %H:%M}"
            for each in sorted(person.unsuppressions.values(), key=lambda each: each.at)
        ),
        "forgotten": f"{person.forgotten_at:%Y-%m-%d %H:%M}" if person.forgotten_at else None,
        "quiet hours": f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else None,
    }
