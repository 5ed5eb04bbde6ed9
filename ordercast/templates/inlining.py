"""Put words into the skeleton of a message, before it is compiled. Used by the renderer."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from jinja2 import Environment
from markupsafe import escape


class NoSuchWords(ValueError):
    """A skeleton has a place for words that neither the template nor `layout` has."""


_PLACE = re.compile(r"\{\{\s*words\.(\w+)\s*\}\}")


def inlined(skeleton: str, words: Mapping[str, str], *, name: str, is_html: bool) -> str:
    """Return *skeleton* with the words in place of each `{{ words.heading }}`, still as Jinja.

    So one template is rendered for each part, and values in it are escaped where they stand. Words
    are plain text: in HTML their own `&` and `<` are escaped. Raises `NoSuchWords`, and
    `jinja2.TemplateSyntaxError` for words that are no Jinja.
    """

    def put(place: re.Match[str]) -> str:
        key = place[1]
        if key not in words:
            raise NoSuchWords(f"{name} has a place for `words.{key}`, and there are none")
        return "".join(map(partial(_token, is_html=is_html), _tokens(words[key])))

    return _PLACE.sub(put, skeleton)


def _tokens(words: str) -> Iterator[tuple[int, str, str]]:
    return _PLAIN.lex(words)


def _token(token: tuple[int, str, str], *, is_html: bool) -> str:
    """Return a token's text, such that the white space round a tag is part of the words."""
    _, kind, text = token
    if kind == "data" and is_html:
        return str(escape(text))
    if kind == "block_begin" and text == "{%":
        return "{%+"
    if kind == "block_end" and text == "%}":
        return "+%}"
    return text


_PLAIN = Environment(keep_trailing_newline=True)  # noqa: S701 - it only finds the tags
