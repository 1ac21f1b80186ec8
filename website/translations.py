"""Translations: what is stale, missing or left over, and how to say that it is mended.

python website/translations.py            list it, with the English difference
python website/translations.py record     after translating: remember the English text
python website/translations.py confirm    an English edit that changes no translation
"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from reference_ws.conformance.pages.translation import sections
from website.freshness import LANGUAGES, Memory, Section, earlier

DOCS = Path(__file__).resolve().parent.parent / "docs"
language = click.argument("language", type=click.Choice(LANGUAGES))


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """List what is stale, missing or left over; exit status 1 if there is anything."""
    if context.invoked_subcommand:
        return
    found = [fault for name in LANGUAGES for fault in Memory(DOCS, name).faults()]
    for fault in found:
        click.echo(fault)
        for line in _difference(fault):
            click.echo(f"    {line}")
    click.echo(f"{len(found)} sections to mend" if found else "every section is up to date")
    context.exit(1 if found else 0)


def _difference(fault: Section) -> list[str]:
    if fault.fault != "stale":
        return []
    now = sections((DOCS / fault.page).read_text("utf-8"))[fault.id].split("\n")
    before = fault.was and earlier(DOCS, fault.page, fault.id, fault.was)
    if before is None:
        return ["the English text it was made from is not in the history; now it is:", *now]
    return list(
        difflib.unified_diff(before.split("\n"), now, "translated", "now", lineterm="", n=0)
    )


@main.command()
@language
@click.argument("pages", nargs=-1)
def record(language: str, pages: tuple[str, ...]) -> None:
    """Remember that PAGES (or `page.md#id`; all without any) render today's English text."""
    memory = Memory(DOCS, language)
    for name in pages or sorted(path.name for path in (DOCS / language).glob("*.md")):
        page, _, id = name.partition("#")
        if not (DOCS / page).exists():
            raise click.BadParameter(f"expected an English page, got {page!r}")
        if id:
            memory.record(page, id)
        else:
            memory.record_page(page)
    memory.save()


@main.command()
@language
@click.argument("section", metavar="PAGE#ID")
@click.option("--why", required=True, help="What the English edit was.")
def confirm(language: str, section: str, why: str) -> None:
    """Say that an English edit changes nothing in the translation of PAGE#ID."""
    page, _, id = section.partition("#")
    memory = Memory(DOCS, language)
    if id not in {one.id for one in memory.faults() if one.page == page and one.fault == "stale"}:
        raise click.BadParameter(f"expected a stale section of {language}, got {section!r}")
    memory.record(page, id, why)
    memory.save()


if __name__ == "__main__":
    main()
