"""Addresses of pages: the noun is the file's name."""

from __future__ import annotations

from django.urls import URLPattern

from muster.web import (
    computers,
    conflicts,
    desk,
    duty,
    evidence,
    figures,
    handover,
    intake,
    matters,
    organisations,
    packs,
    people,
    pin,
    places,
    proposals,
    shell,
    signing,
    tour,
    work,
)

urlpatterns: list[URLPattern] = [
    *shell.urlpatterns,
    *signing.urlpatterns,
    *tour.urlpatterns,
    *work.urlpatterns,
    *desk.urlpatterns,
    *duty.urlpatterns,
    *handover.urlpatterns,
    *computers.urlpatterns,
    *pin.urlpatterns,
    *intake.urlpatterns,
    *matters.urlpatterns,
    *conflicts.urlpatterns,
    *figures.urlpatterns,
    *evidence.urlpatterns,
    *proposals.urlpatterns,
    *people.urlpatterns,
    *organisations.urlpatterns,
    *places.urlpatterns,
    *packs.urlpatterns,
]
