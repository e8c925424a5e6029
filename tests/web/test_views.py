"""Views of the register that one names and keeps."""

from __future__ import annotations

import pytest

from muster.register.kept import KeptView
from tests.cast import Cast
from tests.web.signed_in import signed_in


def test_a_view_is_kept_opened_renamed_and_removed(cast: Cast) -> None:
    cast.finding()
    client = signed_in(cast.reader)
    assert "/matters/views/" in client.get("/matters/?kind=finding&area=临清市").content.decode()
    answer = client.post("/matters/views/", {"name": "临清问题", "query": "area=371581&kind=finding&q=&after=x"})
    assert answer.headers["Location"] == "/matters/?area=371581&kind=finding"
    kept = KeptView.objects.get(person=cast.reader)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "临清问题" in page
    assert f"/matters/views/{kept.pk}/" in page
    client.post(f"/matters/views/{kept.pk}/", {"name": "我的"})
    kept.refresh_from_db()
    assert (kept.name, kept.query) == ("我的", "area=371581&kind=finding")
    client.post(f"/matters/views/{kept.pk}/remove/")
    assert not KeptView.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "有了"])
def test_a_name_that_can_not_be_is_said_and_stays(cast: Cast, name: str) -> None:
    KeptView.objects.create(person=cast.reader, name="有了", query="")
    answer = signed_in(cast.reader).post("/matters/views/", {"name": name, "query": "kind=finding"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{name}"' in page or not name.strip()
    assert 'name="query" value="kind=finding"' in page


def test_nobody_keeps_views_without_end(cast: Cast) -> None:
    KeptView.objects.bulk_create(KeptView(person=cast.reader, name=str(nr)) for nr in range(20))
    assert signed_in(cast.reader).post("/matters/views/", {"name": "还要", "query": ""}).status_code == 422


@pytest.mark.parametrize("who", ["chief", "fixer", "outsider", "administrator"])
def test_anothers_view_does_not_exist(cast: Cast, who: str) -> None:
    kept = KeptView.objects.create(person=cast.reader, name="夜班", query="kind=finding")
    client = signed_in(cast.people[who])
    assert client.get(f"/matters/views/{kept.pk}/").status_code == 404
    for address in (f"/matters/views/{kept.pk}/", f"/matters/views/{kept.pk}/remove/"):
        assert client.post(address, {"name": "改"}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "夜班"
    assert "夜班<" not in client.get("/matters/").content.decode()
