"""The document of the API: the scope of every endpoint, what a refusal looks like, every code, what webhooks are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import override
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from muster.api.asked import RefusedOut
from muster.api.auth import scope_for
from muster.api.webhooks import SENT, MessageOut
from muster.lib.refusal import Refusal

ABOUT = """
The API does what the pages do, by the same calls. A token or a session acts with its person's grants; what they can't see
answers 404.

A refusal changes nothing. It has a stable `code` (all of them: `x-codes`) and a `message` that says what to do next, in Chinese,
or in English with `Accept-Language: en`.

An `id` that you make (a UUIDv7) makes a call repeatable: the same again is answered as the first time, other content under the
same id is refused as `conflict`; of an act on a matter both are kept, for a person to look at.

Where several incidents are open, `?incident=` says which is meant. Parameters that an endpoint doesn't know are refused.
""".strip()


class Api(NinjaAPI):
    def get_openapi_schema(self, *args: Any, **options: Any) -> OpenAPISchema:
        """In English, whoever asks: it is read by machines and by those who write them."""
        with override("en"):
            schema = super().get_openapi_schema(*args, **options)
            schema["components"]["schemas"] |= _schemas(RefusedOut) | _schemas(MessageOut)
            schema["webhooks"] = {"act": {"post": _message()}}
            schema["x-codes"] = {one.code: {"status": one.status, "message": one.message} for one in _below(Refusal)}
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _complete(operation, path, method.upper())
        return schema


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    scope = scope_for(path, method)
    operation["security"] = [{"TokenAuth": [scope] if scope else []}, {"SessionAuth": []}]
    said = (operation.get("description") or "").strip().replace("``", "`")
    operation["summary"] = re.split(r"[.:;]\s", f"{said} ")[0].strip() or operation["summary"]
    operation["description"] = f"{said}\n\nScope of a token: {scope or 'any'}.".strip()
    operation["operationId"] = operation["operationId"].removeprefix("muster_api_")
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/RefusedOut"}}}
    operation["responses"]["4XX"] = {"description": "Refused", "content": content}


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    """By their names, as the document keeps them."""
    found = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**found.pop("$defs", {}), model.__name__: found}


def _message() -> dict[str, Any]:
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "summary": "A message to a webhook", "description": SENT,
        "parameters": [{"name": one, "in": "header", "required": True, "schema": {"type": "string"}} for one in headers],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/MessageOut"}}}},
        "responses": {"2XX": {"description": "It has arrived"}},
    }  # fmt: skip


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
