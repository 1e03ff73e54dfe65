"""What can go wrong, as classes that know their status, address and names; answered as RFC 9457 problems.

    Problem
    ├── MalformedJson          400  the body is not the JSON we accept
    ├── BadRequest             400  anything else the framework calls bad
    ├── HostRefused            400  called by a name that is not this service's
    ├── Unauthorized
    │   ├── KeyMissing         401
    │   ├── KeyRefused         401  unknown, revoked or expired
    │   └── SessionMissing     401  nobody logged in at the console
    ├── ScopeMissing           403  a valid key that may not do this
    ├── FormRefused            403  a form that none of our pages sent
    ├── NotFound               404
    ├── MethodNotAllowed       405
    ├── TooLarge
    │   ├── BodyTooLarge       413  more bytes than the limit
    │   ├── TooManyItems       413  more items than the limit
    │   └── TextTooLong        413  one text longer than the limit
    ├── UnsupportedMediaType   415
    ├── InvalidRequest         422  JSON, but not what the operation takes
    ├── TooMuch
    │   ├── RateLimited        429  too many requests in a minute
    │   └── QuotaSpent         429  too many acts in a day
    ├── InternalError          500  never says more than that
    ├── Unavailable
    │   ├── StoreDown              503  the database does not answer
    │   ├── ModelUnavailable       503  no model, so no answer: never a guess
    │   ├── WatchlistsUnavailable  503  no sound watchlists could be read yet
    │   └── Busy                   503  too many requests wait already
    ├── Conflict               these and the next are in app.review.problems
    │   ├── QueueOff           409  no texts are kept, so there is no queue
    │   ├── ItemLeased         409  somebody else holds the item
    │   ├── AlreadyDecided     409
    │   └── NothingToUndo      409
    └── ItemErased             410

A problem never carries anything the caller sent: field names come from our own schema, reasons from the
table in app.faults, limits from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.faults import faults_of

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

MEDIA_TYPE = "application/problem+json"
URN = "urn:problem-type:netra:"
_JSON = "application/json"


class ProblemBody(BaseModel):
    """An RFC 9457 problem. Never holds anything that was sent."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description=f"`{URN}` and the name of the problem.")
    title: str = Field(description="In the language asked for.")
    status: int
    field: str | None = Field(default=None, description="Path of the first field at fault.")
    reason: str | None = Field(default=None, description="Short machine word.")
    limit: int | None = Field(default=None, description="What would have been accepted.")
    errors: list[dict[str, str]] | None = Field(default=None, description="Every fault as `{field, reason}`.")


class Problem(Exception):
    """Base of all answers that are not a success; ``members`` are extra fields of the answer."""

    status: ClassVar[int]
    slug: ClassVar[str]
    title_id: ClassVar[str]
    title_en: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **members: object) -> None:
        super().__init__(self.slug)
        self.members = members

    def body(self, language: Language) -> dict[str, object]:
        """The problem as JSON object, its title in ``language``."""
        title = self.title_en if language == "en" else self.title_id
        return {"type": URN + self.slug, "title": title, "status": self.status, **self.members}

    def response(self, language: Language, headers: Mapping[str, str] | None = None) -> Response:
        """The problem as HTTP answer; ``headers`` are added to those of the class."""
        merged = {"Content-Language": language, **self.headers, **(headers or {})}
        return JSONResponse(self.body(language), self.status, merged, MEDIA_TYPE)


class MalformedJson(Problem):
    """``reason``: encoding, syntax, number, surrogate, duplicate_key, too_many_keys, too_many_values or depth."""

    status, slug = 400, "malformed-json"
    title_id = "Isi permintaan bukan JSON yang sah"
    title_en = "The body is not valid JSON"


class BadRequest(Problem):
    """What the framework refuses without telling why."""

    status, slug = 400, "bad-request"
    title_id = "Permintaan tidak dapat dibaca"
    title_en = "The request cannot be read"


class HostRefused(Problem):
    """``NETRA_TRUSTED_HOSTS`` says which names are ours."""

    status, slug = 400, "host-refused"
    title_id = "Layanan ini tidak dipanggil dengan nama itu"
    title_en = "This service does not go by that name"


class Unauthorized(Problem):
    """Who calls is not known."""

    status = 401
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'ApiKey realm="netra"'}


class KeyMissing(Unauthorized):
    """No ``X-API-Key`` was sent."""

    slug = "key-missing"
    title_id = "Kunci API diperlukan di header X-API-Key"
    title_en = "An API key is needed in the header X-API-Key"


class KeyRefused(Unauthorized):
    """``reason``: malformed, unknown, revoked or expired; the last two only for who holds the secret."""

    slug = "key-refused"
    title_id = "Kunci API ini tidak berlaku"
    title_en = "This API key is not valid"


class SessionMissing(Unauthorized):
    """The console takes nothing but the cookie of a session that lasts."""

    slug = "session-missing"
    title_id = "Silakan masuk lebih dahulu"
    title_en = "Please log in first"


class ScopeMissing(Problem):
    """``scope`` says what the key would need."""

    status, slug = 403, "scope-missing"
    title_id = "Kunci API ini tidak berhak atas tindakan itu"
    title_en = "This API key may not do that"


class FormRefused(Problem):
    """It came from another site, or was made for another session."""

    status, slug = 403, "form-refused"
    title_id = "Formulir ini tidak berasal dari halaman konsol Anda"
    title_en = "This form did not come from a page of your console"


class NotFound(Problem):
    """No route has this path, or what it names does not exist (``reason`` says so)."""

    status, slug = 404, "not-found"
    title_id = "Alamat ini tidak ada"
    title_en = "There is nothing at this address"


class MethodNotAllowed(Problem):
    """The route takes other methods; ``Allow`` names them."""

    status, slug = 405, "method-not-allowed"
    title_id = "Metode ini tidak berlaku untuk alamat ini"
    title_en = "This address does not take this method"


class TooLarge(Problem):
    """``limit`` says how much would have been accepted."""

    status = 413


class BodyTooLarge(TooLarge):
    """``limit`` is in bytes."""

    slug = "body-too-large"
    title_id = "Isi permintaan terlalu besar"
    title_en = "The body is too large"
    headers: ClassVar[Mapping[str, str]] = {"Connection": "close"}  # or the client keeps sending the rest


class TooManyItems(TooLarge):
    """``limit`` is in items."""

    slug = "too-many-items"
    title_id = "Terlalu banyak butir dalam satu permintaan"
    title_en = "Too many items in one request"


class TextTooLong(TooLarge):
    """``limit`` is in code points; ``field`` says which text."""

    slug = "text-too-long"
    title_id = "Teks terlalu panjang"
    title_en = "The text is too long"


class UnsupportedMediaType(Problem):
    """Not JSON by its own headers."""

    status, slug = 415, "unsupported-media-type"
    title_id = "Isi permintaan harus application/json dalam UTF-8, tanpa kompresi"
    title_en = "The body must be application/json in UTF-8, not compressed"


class InvalidRequest(Problem):
    """``field`` and ``reason`` name the first fault, ``errors`` up to ``app.faults.MAX_FAULTS`` of them."""

    status, slug = 422, "invalid-request"
    title_id = "Isi permintaan tidak sesuai"
    title_en = "The request does not fit"

    def __init__(self, faults: Sequence[Mapping[str, object]]) -> None:
        super().__init__(field=faults[0]["field"], reason=faults[0]["reason"], errors=list(faults))


class TooMuch(Problem):
    """The key has used up what it may; ``limit`` says how much that is, ``Retry-After`` when there will be more."""

    status = 429

    def __init__(self, retry_after: int = 1, **members: object) -> None:
        super().__init__(**members)
        self.retry_after = retry_after

    def response(self, language: Language, headers: Mapping[str, str] | None = None) -> Response:
        """As every problem, with the seconds to wait."""
        return super().response(language, {"Retry-After": str(self.retry_after), **(headers or {})})


class RateLimited(TooMuch):
    """``limit`` is in requests a minute."""

    slug = "rate-limited"
    title_id = "Terlalu banyak permintaan dalam satu menit"
    title_en = "Too many requests in a minute"


class QuotaSpent(TooMuch):
    """``limit`` is in acts a day."""

    slug = "quota-spent"
    title_id = "Jatah penilaian hari ini habis"
    title_en = "Today's allowance of acts is used up"


class InternalError(Problem):
    """Whatever nobody caught; the log has its place, the answer has not."""

    status, slug = 500, "internal-error"
    title_id = "Terjadi kesalahan di layanan"
    title_en = "The service failed"


class Unavailable(Problem):
    """Nothing is wrong with the request; ``Retry-After`` says when to try again."""

    status = 503


class StoreDown(Unavailable):
    """Keys cannot be checked or work cannot be kept; the log says more."""

    slug = "store-down"
    title_id = "Basis data sedang tidak dapat dipakai"
    title_en = "The database cannot be used right now"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class ModelUnavailable(Unavailable):
    """``reason`` says why there is no model."""

    slug = "model-unavailable"
    title_id = "Model belum siap, jadi tidak ada penilaian"
    title_en = "No model is ready, so nothing is scored"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "30"}


class WatchlistsUnavailable(Unavailable):
    """The log says which file is at fault."""

    slug = "watchlists-unavailable"
    title_id = "Daftar pantau belum dapat dibaca"
    title_en = "The watchlists cannot be read yet"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "30"}


class Busy(Unavailable):
    """All workers are taken and as many requests wait as may."""

    slug = "busy"
    title_id = "Layanan sedang sibuk, coba lagi sebentar"
    title_en = "The service is busy, try again shortly"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "2"}


_BY_STATUS: dict[int, type[Problem]] = {404: NotFound, 405: MethodNotAllowed, 415: UnsupportedMediaType}


def all_problems(root: type[Problem] = Problem) -> list[type[Problem]]:
    """Every problem that can be answered: the leaves of the tree, in the order written."""
    branches = root.__subclasses__()
    return [leaf for branch in branches for leaf in all_problems(branch)] if branches else [root]


def language_of(accept: str | None) -> Language:
    """Language to answer in, from any ``Accept-Language`` header: English if preferred, else Indonesian."""
    if not accept:
        return "id"
    wanted = dict(map(_weighted, reversed(accept.split(","))))
    return "en" if wanted.get("en", 0.0) > wanted.get("id", 0.0) else "id"


def _weighted(entry: str) -> tuple[str, float]:
    tag, _, weight = entry.partition(";")
    try:
        value = float(weight.strip().lower().removeprefix("q=") or 1)
    except ValueError:
        value = 0.0
    return tag.strip().lower().partition("-")[0], value


def answer(problem: Problem, request_headers: Headers, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer for ``problem`` in the language its reader asked for."""
    return problem.response(language_of(request_headers.get("accept-language")), headers)


async def _on_problem(request: Request, error: Problem) -> Response:
    return answer(error, request.headers)


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    return answer(InvalidRequest(faults_of(error.errors())), request.headers)


async def _on_http(request: Request, error: HTTPException) -> Response:
    fallback = BadRequest if error.status_code < 500 else InternalError
    return answer(_BY_STATUS.get(error.status_code, fallback)(), request.headers, error.headers)


def documented(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What ``kinds`` look like, for the ``responses`` of a route."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = found.setdefault(kind.status, {"model": ProblemBody, "content": {_JSON: {"examples": {}}}})
        value = {"type": URN + kind.slug, "title": kind.title_id, "status": kind.status}
        entry["content"][_JSON]["examples"][kind.slug] = {"summary": kind.title_en, "value": value}
        entry["description"] = "; ".join(e["summary"] for e in entry["content"][_JSON]["examples"].values())
    return found


def _with_media_type(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI documents every model as plain JSON; problems have a media type of their own."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    responses = [item for operation in operations for item in operation["responses"].items()]
    for content in (response["content"] for status, response in responses if status >= "400"):
        if _JSON in content:
            content[MEDIA_TYPE] = content.pop(_JSON)
    return document


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` as a problem (what nobody catches is left to ``app.api.edge``)."""
    plain = app.openapi
    app.openapi = lambda: _with_media_type(plain())  # type: ignore[method-assign]
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(RequestValidationError)(_on_invalid)
    app.exception_handler(HTTPException)(_on_http)
