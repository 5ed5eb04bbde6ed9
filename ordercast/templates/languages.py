"""Choose the language of a message by its reader's locale. Used by the renderer and lint."""

from functools import lru_cache

from ordercast.templates.brands import Brand
from ordercast.templates.sources import DEFAULT_LANGUAGE, languages_of


@lru_cache(maxsize=1024)
def language_for(template: str, locale: str | None, brand: Brand) -> str:
    """Return the language that *template* says it in to a reader of that BCP 47 *locale*.

    `de-AT` is answered in `de-AT`, else in `de`; `pt`, and `pt-PT`, in whatever Portuguese there
    is; what nobody has translated in the default language.
    """
    written = {language.lower(): language for language in sorted(languages_of(template, brand))}
    wanted = (locale or "").replace("_", "-").lower()
    while wanted and wanted not in written:
        wanted = wanted.rpartition("-")[0]
    if wanted:
        return written[wanted]
    spoken = (locale or "").replace("_", "-").lower().partition("-")[0]
    related = (language for each, language in written.items() if each.startswith(f"{spoken}-"))
    return next(related, DEFAULT_LANGUAGE)
