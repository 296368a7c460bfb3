"""The OpenAPI document and its reference page, both without any outside resource."""

import json
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import iter_route_contexts
from markupsafe import Markup, escape

from exam_engine.accounts.access import CSRF_HEADER, PUBLIC, SESSION_COOKIE, Requirement

_TEMPLATES = resources.files("exam_engine") / "templates"
_DEEPEST_EXAMPLE = 6
_STRING_EXAMPLES = {
    "uuid": "6f1c2d9e-5a3b-4c7d-9e8f-0a1b2c3d4e5f",
    "date-time": "2026-12-12T02:00:00Z",
    "date": "2026-12-12",
}


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the permission that each route asks for as ``x-permission``."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        document["components"]["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
            "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
        }
        for context in iter_route_contexts(app.routes):
            operations = document["paths"].get(context.path_format or "", {})
            for method in context.methods or ():
                operation = operations.get(method.lower())
                requirement = next(
                    (d.dependency for d in context.dependencies or () if isinstance(d.dependency, Requirement)), None
                )
                if operation is None or requirement is None:
                    continue
                operation["x-permission"] = requirement.permission.value if requirement.permission else "public"
                if requirement.permission is not None:
                    operation["security"] = [{"session": []} if method == "GET" else {"session": [], "csrf": []}]
        app.openapi_schema = document
    return app.openapi_schema


def example_of(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    """Return an example value of a schema, put together from the examples of its fields."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return example_of(document["components"]["schemas"].get(name, {}), document, depth)
    if depth > _DEEPEST_EXAMPLE:
        return None
    if schema.get("examples"):
        return schema["examples"][0]
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return example_of(schema[choice][0], document, depth + 1)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: example_of(field, document, depth + 1) for name, field in fields.items()}
        case "array":
            return [example_of(schema.get("items", {}), document, depth + 1)]
        case "string":
            return _STRING_EXAMPLES.get(schema.get("format", ""), "…")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return None


def _operations(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content: dict[str, dict[str, Any]] = operation.get("requestBody", {}).get("content", {})
            media = next(iter(content), "")
            body = content.get(media, {})
            success = next((code for code in operation["responses"] if code.startswith("2")), "200")
            answer = operation["responses"][success].get("content", {}).get("application/json", {})
            groups.setdefault((operation.get("tags") or ["operations"])[0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": _with_code(operation.get("description") or operation.get("summary", "")),
                    "permission": operation.get("x-permission", ""),
                    "parameters": operation.get("parameters", []),
                    "media": media,
                    "body": _pretty(example_of(body["schema"], document)) if body.get("schema") else "",
                    "status": success,
                    "answer": _pretty(example_of(answer["schema"], document)) if answer.get("schema") else "",
                }
            )
    return groups


def _with_code(text: str) -> Markup:
    """Return plain text as HTML, with what stands between backticks as code."""
    parts = (
        f"<code>{escape(part)}</code>" if place % 2 else escape(part) for place, part in enumerate(text.split("`"))
    )
    return Markup("".join(parts))  # noqa: S704 - every part is escaped above


def _pretty(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string((_TEMPLATES / "reference.html.j2").read_text(encoding="utf-8"))


def add_reference(app: FastAPI) -> None:
    """Serve the document at /api/openapi.json and a readable page of it at /api/docs."""

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[PUBLIC])
    async def document() -> JSONResponse:
        """Return the OpenAPI document."""
        return JSONResponse(openapi_document(app))

    @app.get("/api/docs", include_in_schema=False, dependencies=[PUBLIC])
    async def reference() -> HTMLResponse:
        """Return the reference page."""
        described = openapi_document(app)
        paragraphs = [_with_code(text) for text in described["info"]["description"].strip().split("\n\n")]
        page = _page().render(info=described["info"], paragraphs=paragraphs, groups=_operations(described))
        return HTMLResponse(page)

    @app.get("/api/docs.css", include_in_schema=False, dependencies=[PUBLIC])
    async def reference_style() -> Response:
        """Return the style of the reference page."""
        style = (_TEMPLATES / "reference.css").read_bytes()
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})
