"""What is alike: the same problem in other words, not the whole category; and by an index."""

from __future__ import annotations

from django.db import connection

from muster.loop.alike import similar_to, sites_not_looked_at
from muster.places.site import Site
from tests.cast import Cast
from tests.loop.stage import closed, voided


def test_the_same_in_other_words_comes_first_and_the_rest_of_the_category_not_at_all(cast: Cast) -> None:
    matter = cast.finding(text="上门采样漏采3户（7号楼）")
    exact, near = cast.finding(text="上门采样漏采3户"), cast.finding(text="上门采样漏采5户，名单有名无记录")
    cast.finding(text="采样点排队未分组，间距不足")
    cast.finding(text="上门采样漏采3户", category="gates")
    assert similar_to(matter, cast.city) == [exact.pk, near.pk]
    assert similar_to(matter, cast.city, limit=1) == [exact.pk]
    assert similar_to(matter, cast.elsewhere) == []


def test_open_and_closed_ones_void_ones_not(cast: Cast) -> None:
    matter, done = cast.finding(), closed(cast, cast.finding())
    voided(cast, cast.finding())
    assert similar_to(matter, cast.city) == [done.pk]


def test_of_two_as_alike_the_one_at_the_same_kind_of_site_comes_first(cast: Cast) -> None:
    school = Site.objects.create(kind="school", name="湖滨小学", area=cast.town)
    matter = cast.finding()
    there, elsewhere = cast.finding(), cast.finding(site=school)
    assert similar_to(matter, cast.city) == [there.pk, elsewhere.pk]


def test_a_site_counts_as_looked_at_by_what_was_found_there_in_this_incident(cast: Cast) -> None:
    site = Site.objects.create(kind="compound", name="湖畔小区", area=cast.town)
    matter = cast.finding()
    assert sites_not_looked_at(matter, cast.city) == [site.pk]
    voided(cast, cast.finding(site=site))
    assert sites_not_looked_at(matter, cast.city) == [site.pk]
    cast.finding(site=site)
    assert sites_not_looked_at(matter, cast.city) == []
    assert sites_not_looked_at(cast.finding(site=None), cast.city) == []


def test_the_trigrams_of_texts_are_indexed(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain select id from matter where text %% %s", ["上门采样漏采 3 户"])
        assert "matter_alike" in str(cursor.fetchall())
