"""Interface texts: gathers them from code and templates, checks that none lacks its translation, compiles them.

Pure Python (Babel), so that no machine needs GNU gettext. Texts are written in English; Chinese is their translation.

  python -m tools.messages            bring the catalogue up to date with the texts
  python -m tools.messages --check    fail where a text is missing, empty, fuzzy, or has other placeholders
  python -m tools.messages --compile  write the compiled catalogue
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "muster"
PO = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "said": None, "ngettext": (1, 2),
    "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]+\}", re.IGNORECASE)


def main() -> None:
    settings.configure(USE_I18N=False)
    asked = set(sys.argv[1:])
    if asked == {"--compile"}:
        compile_()
    elif asked == {"--check"}:
        faults = list(faults_of(gathered(), known()))
        print("\n".join(faults), file=sys.stderr)
        sys.exit(1 if faults else 0)
    else:
        update()


def gathered() -> Catalog:
    catalog = Catalog()
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        text = path.read_text(encoding="utf-8")
        source = templatize(text) if path.suffix == ".html" else text
        for line, function, messages, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, [], {}):
            add(catalog, str(function), messages, f"{path.relative_to(ROOT)}", line)
    return catalog


def add(catalog: Catalog, function: str, messages: object, place: str, line: int) -> None:
    parts = messages if isinstance(messages, tuple) else (messages,)
    spec = KEYWORDS[function]
    context = parts[0] if spec and isinstance(spec[0], tuple) else None
    texts = [part for part in (parts[1:] if context else parts) if part]
    if texts and all(isinstance(text, str) for text in texts):
        plural = spec is not None and len([part for part in spec if not isinstance(part, tuple)]) > 1
        key: Any = tuple(texts[:2]) if plural else texts[0]
        catalog.add(key, locations=[(place, line)], context=context)


def known() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def faults_of(texts: Catalog, translated: Catalog) -> Iterator[str]:
    for message in texts:
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        where = ", ".join(f"{place}:{line}" for place, line in message.locations[:2])
        for fault in message_faults(message, found):
            yield f"{where}: {fault}: {message.id!r}"


def message_faults(message: Message, found: Message | None) -> Iterator[str]:
    if found is None or not found.string or found.fuzzy or (found.pluralizable and not all(found.string)):
        yield "not translated"
        return
    strings = found.string if isinstance(found.string, tuple | list) else [found.string]
    wanted = placeholders(message.id if isinstance(message.id, str) else message.id[-1])
    if any(placeholders(string) - wanted for string in strings):
        yield "other placeholders in the translation"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def update() -> None:
    """Write the catalogue anew: every text that is in use, with the translation it had."""
    old = known() if PO.exists() else Catalog()
    new = Catalog(locale="zh_Hans", project="Muster", charset="utf-8", fuzzy=False)
    for message in gathered():
        if message.id:
            found = old.get(message.id, message.context)
            places = sorted({(place, 0) for place, _line in message.locations})
            new.add(message.id, found.string if found else None, locations=places, context=message.context)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, new, width=120, sort_output=True, include_lineno=False)
    compile_()


def compile_() -> None:
    if PO.exists():
        with PO.with_suffix(".mo").open("wb") as file:
            write_mo(file, known())


if __name__ == "__main__":
    main()
