"""The glossary has every model and every verb, and no name that the code doesn't have."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

import muster.models
from muster.loop.act import VERBS
from muster.loop.state import Side
from muster.people.role import Role
from tests.docs.markdown import coded, table

ROWS = table("glossary.md", "English", "中文", "name in code", "meaning")
NAMES = {name for row in ROWS for name in coded(row["name in code"])}
MODELS = apps.get_app_config("muster").get_models()
FIELDS: list[models.Field] = [field for model in MODELS for field in model._meta.concrete_fields]  # type: ignore[type-arg]


def test_every_model_is_in_it() -> None:
    assert set(muster.models.__all__) <= NAMES


def test_every_verb_is_in_it() -> None:
    assert {*VERBS, "register", "import_"} <= NAMES


def test_every_role_is_in_it() -> None:
    assert set(Role.values) <= NAMES


def test_no_name_is_in_it_that_the_code_lacks() -> None:
    choices = {str(value) for field in FIELDS for value, _label in field.choices or ()}
    known = {
        *muster.models.__all__,
        *VERBS,
        "register",
        "import_",
        *Side.values,
        *choices,
        *(field.name for field in FIELDS),
    }
    assert not NAMES - known


def test_every_word_has_its_chinese_and_its_meaning() -> None:
    for row in ROWS:
        assert re.search(r"[\u4e00-\u9fff]", row["中文"]), row["English"]
        assert row["meaning"], row["English"]
