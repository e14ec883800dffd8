"""What the interface description says beyond the types: raw bodies, headers, and the faults every route may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import (
    Components,
    Contact,
    OpenAPIMediaType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
    SecurityScheme,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.router import Router
from litestar.typing import FieldDefinition

from hub.kernel.sentence import Wording
from hub.web.api.examples import answer_content, receipt_content, request_content
from hub.web.policy import anyone
from hub.web.problems import ProblemDocument

_FAULTS = {
    400: "The request itself is wrong",
    401: "No valid API key and no session",
    403: "The key or person may not do this",
    404: "Nothing here for you under this name",
    409: "It contradicts what was said or done before",
    413: "The body is larger than a message may be",
    415: "The body is compressed",
    429: "Too much under way; Retry-After says when to come again",
    503: "Nothing was stored; Retry-After says when to come again",
}


def faults(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the description of these answers, each a problem document."""
    return {status: ResponseSpec(ProblemDocument, description=_FAULTS[status]) for status in statuses}


READ_FAULTS = faults(401, 403, 404)
WRITE_FAULTS = faults(401, 403, 404, 409, 503)
INTAKE_FAULTS = faults(400, 401, 403, 404, 409, 413, 415, 429, 503)


def _any_bytes() -> dict[str, OpenAPIMediaType]:
    binary = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
    return {"*/*": OpenAPIMediaType(schema=binary)}


def _header(name: str, description: str) -> Parameter:
    return Parameter(
        name=name, param_in="header", description=description, required=False, schema=Schema(type=OpenAPIType.STRING)
    )


@dataclass
class IntakeOperation(Operation):
    """A route that takes a raw body, which the framework cannot see in the handler's signature."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            content=request_content(), required=True, description="The message, exactly as it shall be kept"
        )
        for status, duplicate in (("202", False), ("200", True)):
            answer = (self.responses or {}).get(status)
            content = getattr(answer, "content", None)
            if content:
                receipt_content(content, duplicate=duplicate)
        self.parameters = [
            *(self.parameters or []),
            _header("Idempotency-Key", "The same key with the same bytes is the same message; with other bytes, 409"),
            _header("X-File-Name", "How the file is called on your side; shown in the log"),
        ]


@dataclass
class RawOperation(Operation):
    """A route that gives a body back exactly as it is kept."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if answer is not None and hasattr(answer, "content"):
            answer.content = _any_bytes()


@dataclass
class AnswerOperation(Operation):
    """A route that gives what we say to a partner, in the partner's own syntax."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if answer is not None and hasattr(answer, "content"):
            answer.description = "The message, in the syntax and content type that was agreed with the partner"
            answer.content = answer_content()


class _ReadyJson(JsonRenderPlugin):
    """Serves the description from bytes that are made once: it is the same for everybody."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json")
        self._content = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self._content:
            self._content = super().render(request, openapi_schema)
        return self._content


class WordingSchema(OpenAPISchemaPlugin):
    """What is said is a text in an answer (``hub.web.api.answers``), in English."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        return value is Wording

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        return Schema(type=OpenAPIType.STRING)


def openapi(version: str, page: OpenAPIRenderPlugin) -> OpenAPIConfig:
    """Return the description's frame; ``/schema/openapi.json`` serves it, ``page`` shows it at ``/schema``."""
    return OpenAPIConfig(
        title="Contract Hub",
        version=version,
        summary="Orders, changes, forecasts and their answers between a contract manufacturer and its customers",
        description=(
            "Hand in a message in your own dialect, read what became of it, and collect the answers. "
            "Every fault is an application/problem+json document (RFC 9457) with a stable code."
        ),
        contact=Contact(name="The factory's onboarding engineers"),
        components=Components(
            security_schemes={
                "key": SecurityScheme(
                    type="http", scheme="bearer", description="A partner's API key: hub_<id>_<secret>"
                ),
                "session": SecurityScheme(
                    type="apiKey", name="hub_session", security_scheme_in="cookie", description="A person logged in"
                ),
            }
        ),
        security=[{"key": []}],
        use_handler_docstrings=True,
        render_plugins=[page, _ReadyJson()],
        openapi_router=Router(
            "/schema",
            route_handlers=[],
            include_in_schema=False,
            opt=anyone("what the interface is stands in the handbook too; it holds nobody's data", face="page"),
        ),
    )
