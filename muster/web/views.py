"""One's own views of the register: named and kept, renamed, removed. Nobody else sees them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.register.kept import KeptView
from muster.register.selection import query_of
from muster.web.context import MATTER_ROLES
from muster.web.formpage import line, posted, saved
from muster.web.guard import holding
from muster.web.scope import person_of

MOST = 20


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=40, widget=line(maxlength=40))

    class Meta:
        model = KeptView
        fields = ["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        own = KeptView.objects.filter(person=self.instance.person).exclude(pk=self.instance.pk)
        if own.filter(name=name).exists():
            raise ValidationError(_("You have a view of this name already. Choose another name."))
        if not self.instance.pk and own.count() >= MOST:
            raise ValidationError(_("You keep %(most)s views already. Remove one first.") % {"most": MOST})
        return name


@holding(*MATTER_ROLES)
@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Keep a query under a name."""
    query = query_of(QueryDict(request.POST.get("query", "")))
    made = KeptView(person=person_of(request), query=query)
    return _kept(request, ViewForm(posted(request), instance=made))


@holding(*MATTER_ROLES)
@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view."""
    return _kept(request, ViewForm(posted(request), instance=own_view(request, pk)))


@holding(*MATTER_ROLES)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    own = own_view(request, pk)
    own.delete()
    messages.success(request, _("The view “%(name)s” is removed; its matters stay.") % {"name": own.name})
    return redirect(f"{reverse('matters')}?{own.query}")


def _kept(request: HttpRequest, form: ViewForm) -> HttpResponse:
    if request.method == "POST" and saved(form):
        messages.success(request, _("Kept as “%(name)s”.") % {"name": form.instance})
        return redirect(f"{reverse('matters')}?{form.instance.query}")
    context = {"section": "matters", "form": form, "view": form.instance}
    return render(request, "matters/view.html", context, status=422 if form.errors else 200)


def own_view(request: HttpRequest, pk: int) -> KeptView:
    return get_object_or_404(person_of(request).kept_views, pk=pk)


urlpatterns = [
    path("matters/views/", views, name="views"),
    path("matters/views/<int:pk>/", view, name="view"),
    path("matters/views/<int:pk>/remove/", remove, name="remove-view"),
]
