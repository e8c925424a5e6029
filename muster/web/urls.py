"""Addresses of pages: the noun is the file's name."""

from __future__ import annotations

from django.urls import URLPattern

from muster.web import (
    areas,
    conflicts,
    evidence,
    figures,
    intake,
    matters,
    organisationfigures,
    organisations,
    packs,
    people,
    places,
    proposals,
    shell,
    signing,
    tour,
    wall,
    walls,
    work,
)

urlpatterns: list[URLPattern] = [
    *shell.urlpatterns,
    *signing.urlpatterns,
    *tour.urlpatterns,
    *work.urlpatterns,
    *intake.urlpatterns,
    *matters.urlpatterns,
    *conflicts.urlpatterns,
    *figures.urlpatterns,
    *areas.urlpatterns,
    *evidence.urlpatterns,
    *proposals.urlpatterns,
    *people.urlpatterns,
    *organisationfigures.urlpatterns,
    *organisations.urlpatterns,
    *places.urlpatterns,
    *packs.urlpatterns,
    *wall.urlpatterns,
    *walls.urlpatterns,
]
