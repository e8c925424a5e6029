"""An empty machine becomes a city's: places, the first administrator, the incident, and the first finding."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Served
from tests.web.signing import PASSWORD, code

pytestmark = pytest.mark.xdist_group("journeys")

EXAMPLE = Path(__file__).parents[2] / "docs/examples/places.csv"


@pytest.fixture
def empty() -> Iterator[Served]:
    """A data folder that nothing was ever in."""
    folder = Path(tempfile.mkdtemp(prefix="muster-setup-"))
    folder.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("MUSTER_DATABASE", "MUSTER_DATABASE_URL")}
    environment = {**kept, "MUSTER_DATA": str(folder / "data"), "MUSTER_PASSWORD": PASSWORD, "LANG": "C.UTF-8"}
    served = Served(folder, environment=environment)
    try:
        yield served
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Browser:
    """A browser that fills in forms and follows where they lead."""

    def __init__(self, city: Served) -> None:
        self.city = city
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.opener.addheaders = [("Accept-Language", "en")]

    def get(self, address: str) -> str:
        page: str = self.opener.open(self.city.address + address, timeout=20).read().decode()
        return page

    def post(self, address: str, form: dict[str, str], shown: str = "") -> str:
        """Fill in the form that stands at the address, or on the page that was shown."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown or self.get(address))
        assert token
        sent = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token[1]}).encode()
        try:
            page: str = self.opener.open(self.city.address + address, sent, timeout=20).read().decode()
        except urllib.error.HTTPError as fault:
            raise AssertionError(fault.read().decode()) from fault
        return page


def test_a_city_is_set_up_from_nothing(empty: Served) -> None:
    dry = empty.muster("places", str(EXAMPLE))
    assert (dry.returncode, "--apply" in dry.stdout) == (0, True), dry.stderr
    assert empty.sql("select count(*) from area") == "0"
    assert empty.muster("user", "wang.fang", "--administrator", "聊城市", "--organisation", "指挥部").returncode == 1

    for said in ("33 new areas", "33 as they were"):
        done = empty.muster("places", str(EXAMPLE), "--apply")
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr
    assert empty.sql("select count(*) from area") == "33"
    made = empty.muster("user", "wang.fang", "--name", "王芳", "--administrator", "聊城市", "--organisation", "指挥部")
    assert made.returncode == 0, made.stderr

    empty.start()
    browser = Browser(empty)
    browser.post("/sign-in", {"login": "wang.fang", "password": PASSWORD})
    page = browser.get("/me/second-factor/set-up")
    secret = re.search(r"\b([A-Z2-7]{32})\b", page)
    assert secret
    browser.post("/me/second-factor/set-up", {"code": code(secret[1])}, page)

    assert "No incident is open" in browser.get("/incidents/")
    opened = browser.post(
        "/incidents/new/",
        {
            "name_zh": "聊城市疫情", "name_en": "Outbreak in Liaocheng", "area": "聊城市", "zone": "Asia/Shanghai",
            "exercise": "no", "pack": "shipped:cn-epidemic-2022-11.toml",
        },
    )  # fmt: skip
    assert "Outbreak in Liaocheng is open." in opened
    assert "Hand in a proposal" in Browser(empty).get("/proposals/new/")
    county = "371581"
    form = {
        "id": "01930000-0000-7000-8000-000000000001",
        "key": "a secret of this browser alone",
        "category": "testing",
    }
    page = Browser(empty).post(
        "/proposals/new/", {**form, "text": "建议错峰采样", "area": county, "name": "", "phone": ""}
    )
    assert "建议错峰采样" in page
    assert re.fullmatch(rf"JY-{county}-\d{{8}}-0001", empty.sql("select number from matter"))
    assert empty.muster("check").returncode == 0


def test_what_is_wrong_in_the_file_is_said_by_row_and_column(empty: Served) -> None:
    file = empty.folder / "places.csv"
    file.write_text("代码,上级代码,级别,名称\n371500,,市,聊城市\n371581001,371599,乡镇,青年路街道\n", encoding="utf-8")
    refused = empty.muster("places", str(file), "--apply")
    assert refused.returncode == 1
    assert "Row 3, column above: No area has the code “371599”" in refused.stdout
    assert empty.sql("select count(*) from area") == "0"
