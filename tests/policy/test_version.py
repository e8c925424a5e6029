"""A version's text is parsed once a process, and known by what it says."""

from __future__ import annotations

import hashlib

from pytest_django import DjangoAssertNumQueries

from muster.policy.version import PackVersion
from tests.cast import Cast


def test_a_text_that_is_known_is_not_read_again(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    version = cast.incident.pack_version()
    known = version.pack
    with django_assert_num_queries(1):
        light = PackVersion.objects.defer("text").get(pk=version.pk)
        assert light.pack is known


def test_another_text_under_the_same_number_is_another_pack(cast: Cast) -> None:
    """As after a restore, which a serving process lives through."""
    version = cast.incident.pack_version()
    text = version.text.replace("revisit_share = ", "revisit_share = 0.01 # ", 1)
    assert text != version.text
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    other = PackVersion(pk=version.pk, key=version.key, from_at=version.from_at, text=text, sha256=sha256)
    assert (other.pack.on_spot.revisit_share, version.pack.on_spot.revisit_share == 0.01) == (0.01, False)
