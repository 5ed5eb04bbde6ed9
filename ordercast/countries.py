"""Read a country as people and shops write it. Used by the contract and the import of customers."""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files


@lru_cache(maxsize=1024)
def country_in(written: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of *written*; None for no country, or for two.

    It may be a code of two letters, three letters or three digits, or the country's name in English,
    in a language of that country or in another large one, in either case and with or without
    accents. `UK` is GB and `EL` is GR; Kosovo is XK, which ISO leaves to its users.
    """
    return _readings().get(plain(written))


def plain(written: str) -> str:
    """Return *written* without case, accents, spaces, punctuation and a leading English article."""
    split = unicodedata.normalize("NFKD", written.replace("&", "and")).casefold()
    letters = "".join([each for each in split if each.isalnum()])
    return letters.removeprefix("the") if split.lstrip().startswith("the ") else letters


@cache
def _readings() -> dict[str, str]:
    """Return the code for each plain writing; the file holds none that two countries share."""
    lines = (files("ordercast") / "countries.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {each: code for code, *written in rows for each in written}
