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
    incidents,
    handover,
    intake,
    mattermap,
    matters,
    organisations,
    packs,
    paste,
    people,
    pin,
    places,
    proposals,
    register,
    shell,
    signing,
    tour,
    views,
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
    *register.urlpatterns,
    *mattermap.urlpatterns,
    *paste.urlpatterns,
    *views.urlpatterns,
    *matters.urlpatterns,
    *conflicts.urlpatterns,
    *figures.urlpatterns,
    *evidence.urlpatterns,
    *proposals.urlpatterns,
    *people.urlpatterns,
    *organisations.urlpatterns,
    *places.urlpatterns,
    *packs.urlpatterns,
    *incidents.urlpatterns,
]
