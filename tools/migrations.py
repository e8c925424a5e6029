"""Whether the migrations say what the models say. Needs no database."""

from __future__ import annotations

import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils.translation import deactivate_all


def main() -> None:
    django.setup()
    # Labels are part of a field's state: compare them as they were written, not in somebody's language.
    deactivate_all()
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph).get("muster", [])
    for migration in changes:
        for operation in migration.operations:
            print(f"models and migrations differ: {operation.describe()}", file=sys.stderr)
    sys.exit(1 if changes else 0)


if __name__ == "__main__":
    main()
