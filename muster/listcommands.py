"""The commands by which lists come in and go out, and packages are checked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muster.running import database

if TYPE_CHECKING:
    from muster.exchange.dryrun import DryRun

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)


@click.group(name="import")
def import_() -> None:
    """Take lists in: what would be made, changed and refused is said first."""


def taking(command: Callable[..., None]) -> Callable[..., None]:
    """What every command that takes a list in is told. Theirs come behind."""
    for told in reversed((
        click.argument("source", metavar="FILE", type=FILE),
        click.option("--apply", is_flag=True, help="Take the good lines in. Without this, only what would be done is said."),
        click.option("--all-or-nothing", is_flag=True, help="With --apply: only if no line is refused."),
        click.option("--refused", metavar="OUT.xlsx", type=OUT,
                     help="Write the refused lines here, in the list's own layout, with the reason beside each."),
        click.option("--json", "as_json", is_flag=True, help="Print the counts and the refused lines as JSON."),
    )):  # fmt: skip
        command = told(command)
    return command


def tell(found: DryRun, apply: bool, as_json: bool) -> None:
    """Print what became of the lines; ends with 1 if one is refused."""
    from muster.exchange.command import report, told

    click.echo(json.dumps(report(found), ensure_ascii=False, indent=1) if as_json else told(found, apply))
    sys.exit(1 if found.counts["refused"] else 0)


@import_.command()
@taking
@click.option(
    "--sender", default="", help="Who sends it: columns and names are remembered by sender. Default: by the file."
)
@click.option(
    "--by", "login", default="", metavar="LOGIN", help="In whose name. Default: who commands the incident's area."
)
@click.option("--area", default="", help="Where it doesn't say: name or code.")
@click.option("--category", default="", help="Where it doesn't say: the key of a category of the policy pack.")
@click.option("--severity", default="", help="The same, of a severity.")
@click.option("--kind", type=click.Choice(["finding", "request", "proposal"]), help="The same; findings by default.")
@click.option("--answers", type=FILE, metavar="FILE.json",
              help='What names mean: {"area": {"青年办": "371581001"}, "lead": {…}}; remembered for this sender.')  # fmt: skip
def register(source: Path, apply: bool, all_or_nothing: bool, refused: Path | None, as_json: bool, **said: Any) -> None:
    """Take a register of problems (问题台账) in from FILE: .xlsx, .xls or CSV, whatever its layout.

    Every line is made, changed, same or refused with the reason. The same FILE again makes nothing twice; a later one changes
    what it tells more of. docs/ledgers.md tells what is read. Ends with 1 if a line is refused.
    """
    with database():
        from muster.exchange.command import run

        tell(run(source, apply, all_or_nothing, refused, **said), apply, as_json)


def list_in(kind: str, what: str) -> None:
    """A command that takes a list of this kind in."""

    @taking
    @click.option(
        "--by", "login", default="", metavar="LOGIN", help="Which administrator; by default, of the largest area."
    )
    @click.option("--answers", type=FILE, metavar="FILE.json",
                  help='What names mean: {"organisation": {"卫健局": "412"}}; remembered.')  # fmt: skip
    def command(
        source: Path, apply: bool, all_or_nothing: bool, refused: Path | None, as_json: bool, **said: Any
    ) -> None:
        with database():
            from muster.exchange.command import run_list

            tell(run_list(kind, source, apply, all_or_nothing, refused, **said), apply, as_json)

    command.__doc__ = f"""Take {what} in from FILE: .xlsx, .xls, CSV, or a sign-up chain as text, whatever its layout.

    Every line is made, changed, same or refused with the reason. docs/lists.md tells what is read.
    """
    import_.command(kind)(command)


list_in("areas", "areas")
list_in("sites", "sites")
list_in("organisations", "organisations")
list_in("people", "persons")
list_in("grants", "roles of persons")


@click.command()
@click.argument("name", metavar="LIST")
@click.argument("target", metavar="OUT", type=OUT)
@click.option("--reason", default="", help="What it is needed for: it stands in the file and in the log.")
@click.option(
    "--query", default="", help='Narrowed as on the page: what follows ? in its address, "overdue=1&area=临清市".'
)
@click.option("--by", "login", default="", metavar="LOGIN", help="In whose name, and as far as they see it.")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans", show_default=True)
@click.option("--hxl", "tags", is_flag=True, help="With HXL tags as a second row of headings.")
@click.option("--shown", is_flag=True, help="Of the register, only the columns that its page shows.")
def export(name: str, target: Path, **asked: Any) -> None:
    """Take a list out to OUT, a workbook (.xlsx) or CSV: register, areas, sites, organisations, people, grants, figures,
    areas-below, teams, bulletins, ledgers, handovers, incidents, exports. docs/lists.md tells of each.
    """
    with database():
        from muster.exchange.lists import command

        made = command.run(name, target, **asked)
        click.echo(f"{target}: {made.count} rows, {made.short}")


@click.command(name="check-referral")
@click.argument("package", metavar="FILE.zip", type=FILE)
@click.option("--key", default="", help="The public key of who handed it on, as they told it.")
def check_referral(package: Path, key: str) -> None:
    """Check a matter that another Muster handed on: its seal, its files, its history. Needs no database.

    Says all that was changed, added or removed, and ends with 1 if anything was.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.config.settings")
    django.setup()
    from muster.exchange.referrals.checking import checked
    from muster.exchange.referrals.sealing import fingerprint

    manifest, faults = checked(package, key)
    click.echo(f"{manifest['matter']}  {manifest['at']}  {manifest['organisation']} → {manifest['to']}")
    click.echo(f"key {manifest['key']}  ({fingerprint(manifest['key'])})")
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} faults in {len(manifest['files'])} files", err=bool(faults))
    sys.exit(1 if faults else 0)
