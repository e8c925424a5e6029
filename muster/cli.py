"""The `muster` command."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import psycopg

from muster.lib.refusal import Refusal
from muster.listcommands import check_referral, export, import_
from muster.plancommands import plan
from muster.planning.refused import PlanRefused
from muster.running import database, must_be_free, run_server
from muster.server.location import data_dir

PORT = 8000


class Muster(click.Group):
    """Refusals are for people: said in one paragraph, never as a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (Refusal, PlanRefused) as refusal:
            raise click.ClickException(f"{refusal}") from refusal
        except psycopg.OperationalError as fault:
            raise click.ClickException(f"The database can't be reached: {fault}") from fault


@click.group(cls=Muster, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Muster (集结) runs a city's response to an outbreak or a disaster.

    Data lies in the folder MUSTER_DATA; the embedded PostgreSQL in it starts and stops by itself. A server of your own is
    used when MUSTER_DATABASE_URL names it.
    """


@main.command()
@click.option("--load-only", is_flag=True, help="Load the demo city and stop.")
@click.option("--port", default=PORT, show_default=True, help="Where to serve it, on this machine only.")
def demo(load_only: bool, port: int) -> None:
    """Load the demo city, unless it is there, and serve it with one-click role cards."""
    if not load_only:
        must_be_free("127.0.0.1", port)
    # A demo may be tried with a receiver on the same machine; it tells nobody else.
    os.environ.setdefault("MUSTER_WEBHOOK_HOSTS", "127.0.0.1,localhost")
    with database():
        from muster.demo import load

        if not load.loaded():
            with bar(load.steps(), "Loading the demo city") as progress:
                links = load.load(progress)
            for token in links[:1]:
                click.echo(f"A proposal that waits for its rating: http://127.0.0.1:{port}/p/{token}/")
        if not load_only:
            run_server("127.0.0.1", port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=PORT, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes; each answers 4 requests at a time.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API, with the worker beside."""
    must_be_free(host, port)
    with database():
        run_server(host, port, workers)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now, and stop.")
def worker(once: bool) -> None:
    """Do what happens after: escalate what is overdue, seal the day, and the other timers."""
    with database():
        from muster.worker.run import run, run_once

        if once:
            click.echo(f"{run_once()} done")
        else:
            run()


@main.command()
@click.option("--files/--no-files", default=False, help="Read every file of evidence again, too.")
def check(files: bool) -> None:
    """Check the record: the present against its rows, the history's hashes and seals.

    Names every row that was changed or removed straight in the database, and ends with 1 if there is one.
    """
    with database():
        from muster.loop.audit import audit, file_faults
        from muster.loop.matter import Matter

        with bar(Matter.objects.count(), "Checking") as progress:
            faults = list(audit(progress))
        if files:
            faults += file_faults()
        for fault in faults:
            click.echo(str(fault))
        click.echo(f"{len(faults)} faults in {Matter.objects.count()} matters", err=bool(faults))
        sys.exit(1 if faults else 0)


@main.command()
@click.option("--area", default="", help="Name, path or code; without it, the incident's area.")
@click.option("--as-of", default="", metavar="TIME", help="What was recorded at or before; a date is its end.")
@click.option("--from", "from_", default="", metavar="TIME", help="Only what occurred from here on.")
@click.option("--to", default="", metavar="TIME", help="Only what occurred before; a date is its end.")
@click.option("--incident", type=int, help="The number of the incident; without it, the current one.")
@click.option("--format", "form", type=click.Choice(["json", "table"]), default="table", show_default=True)
def figures(area: str, as_of: str, from_: str, to: str, incident: int | None, form: str) -> None:
    """Print every figure of an area, as of a moment. Times are dates, or ISO 8601 with a zone."""
    with database():
        from muster.briefings.asked import incident_asked, scope_asked
        from muster.briefings.listing import listed, table

        scope = scope_asked(incident_asked(incident), {"area": area, "as_of": as_of, "from": from_, "to": to})
        click.echo(json.dumps(listed(scope), ensure_ascii=False, indent=1) if form == "json" else table(scope))


@main.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Write the database and all files into one file TARGET."""
    from muster.server.backup import backup as write

    with database(migrated=False) as dsn, counted("Backing up") as progress:
        write(target, dsn, data_dir(), progress=progress)
    click.echo(f"Written: {target}")


@main.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Replace what is there now.")
def restore(source: Path, replace: bool) -> None:
    """Bring back what a backup SOURCE holds."""
    from muster.server.backup import restore as read

    with database(migrated=False) as dsn, counted("Restoring") as progress:
        read(source, dsn, data_dir(), replace=replace, progress=progress)
    click.echo("Restored. Run `muster check` to make sure of it.")


@main.command()
@click.argument("source", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", is_flag=True, help="Do it. Without this, only what would be done is said.")
def places(source: Path, apply: bool) -> None:
    """Add and rename the areas that a file lists. docs/places.md describes the file.

    Says row and column of what is wrong; then nothing is changed. Areas that the file doesn't name stay as they are.
    """
    with database():
        from muster.places import placefile, placeplan

        lines, faults = placefile.read(source.read_bytes(), source.name)
        plan = placeplan.carry_out(lines, faults) if apply else placeplan.planned(lines, faults)
        for told in placeplan.told(plan, applied=apply):
            click.echo(told)
        sys.exit(1 if plan.faults else 0)


@main.command()
@click.argument("login")
@click.option("--name", help="The person's name, for a new one.")
@click.option("--administrator", metavar="AREA", help="Grant administration of this area and all below.")
@click.option("--organisation", help="The organisation a new person belongs to; made at the area when it is new.")
def user(login: str, name: str | None, administrator: str | None, organisation: str | None) -> None:
    """Make a person who can sign in as LOGIN, or set a new password. Asks for the password."""
    if organisation and not administrator:
        raise click.UsageError("--organisation goes with --administrator.")
    with database():
        from axes.utils import reset

        from muster.people.setup import set_up

        password = os.environ.get("MUSTER_PASSWORD") or getpass.getpass("Password (10 characters or more): ")
        click.echo(set_up(login, password, name, administrator, organisation))
        # Whoever forgot a password has often been locked out by trying.
        reset(username=login.lower())


@main.command()
@click.argument("login")
@click.option("--name", required=True, help="Which system gets it.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="What it is for, as figures:read; may be given again."
)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="It ends after so many days.")
def token(login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an access token with which another system acts in the name of LOGIN, and print it. docs/api/tokens.md."""
    with database():
        from muster.people.setup import token_for

        click.echo(token_for(login, name, list(scopes), days))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """A shell on Muster's database; everything behind is psql's own (-c SQL)."""
    from muster.server.tools import command, find

    with database(migrated=False) as dsn:
        argv, environment = command(find("psql", dsn), dsn)
        sys.exit(subprocess.run([*argv, *arguments], env=environment, check=False).returncode)


for _command in (import_, export, check_referral, plan):
    main.add_command(_command)


@contextlib.contextmanager
def bar(length: int, label: str) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=length, label=label, file=sys.stderr) as shown:
        yield shown.update


@contextlib.contextmanager
def counted(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for work that tells how far it is of how much."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as shown:

        def tell(done: int, whole: int) -> None:
            shown.length = whole
            shown.update(done - shown.pos)

        yield tell


if __name__ == "__main__":
    main()
