"""Addresses of pages: the noun is the file's name."""

from __future__ import annotations

from django.urls import URLPattern

from muster.web import (
    bulk,
    bulletins,
    conflicts,
    evidence,
    figures,
    intake,
    matters,
    organisations,
    packs,
    people,
    places,
    proposals,
    shell,
    signing,
    sweeps,
    tour,
    work,
)

urlpatterns: list[URLPattern] = [
    *shell.urlpatterns,
    *signing.urlpatterns,
    *tour.urlpatterns,
    *work.urlpatterns,
    *intake.urlpatterns,
    *bulk.urlpatterns,
    *bulletins.urlpatterns,
    *sweeps.urlpatterns,
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
