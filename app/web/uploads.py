"""/konsol/unggahan: send a scraped file, look at it, have it scored in the background, take the result along."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from app.access.gate import caller_of
from app.api.items import desk_at
from app.api.runtime import runtime_of
from app.batch.errors import BatchError
from app.problems import BadRequest, NotFound
from app.review.words import ACTION_NAMES
from app.scoring.types import ACTIONS
from app.web.forms import FORM_TYPE, TOKEN, FormRoute, form_of, require_same_site, require_token
from app.web.render import POLICY, page
from app.web.uploads_files import ENDINGS, MOST_KEPT, State, Upload, UploadFolder, new_upload
from app.web.uploads_preview import Preview, look_at, preview, state_word
from app.web.uploads_receive import Received, receive
from app.web.uploads_service import PATH, body_limits, charge_of, serving, tools_for, uploads_of
from app.web.uploads_words import (
    CHOOSE_FILE,
    FIGURES,
    FULL,
    PURPOSES,
    STATES,
    UNREADABLE,
    message_for,
    pace_of,
    progress_words,
    rejected_told,
    said_by,
    sheets_told,
)
from app.web.wordbook import language_at

__all__ = ["body_limits", "routes", "serving"]

#: The page of a run asks how far it is.
_POLICY: Final = f"{POLICY}; connect-src 'self'"
_LONGEST_ELECTION, _LONGEST_PLATFORM = 128, 64
#: Fields of the form that begins a run; that which goes on with one has none of them.
_CHOICES: Final = ("aksi", "bentuk", "pemilihan", "platform")
_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class UploadRoute(FormRoute):
    """A route whose form may hold a file: then the handler reads it, and has it show its token before the file."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, for forms with a file without the form."""
        plain, with_file = super().get_route_handler(), APIRoute.get_route_handler(self)

        async def handled(request: Request) -> Response:
            kind = request.headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower()
            if request.method != "POST" or kind == FORM_TYPE:
                return await plain(request)
            require_same_site(request.headers)
            return await with_file(request)

        return handled


routes = APIRouter(prefix=PATH, include_in_schema=False, route_class=UploadRoute)


@routes.get("")
async def list_uploads(request: Request) -> Response:
    """What the caller sent, and the form to send more."""
    return await _list(request)


async def _list(request: Request, message: str | None = None, status: int = 200) -> Response:
    uploads = uploads_of(request)
    lines = await runtime_of(request).workers.run(partial(_listed, uploads.folder, caller_of(request).key_id))
    values: dict[str, Any] = {
        "uploads": lines,
        "most_kept": MOST_KEPT,
        "most_bytes": uploads.settings.upload_max_bytes,
        "days": uploads.settings.upload_days,
    }
    return page(request, "uploads.html", status=status, message=message, **values)


def _listed(folder: UploadFolder, owner: str) -> list[tuple[Upload, str]]:
    found = []
    for upload in folder.all(owner):
        with suppress(KeyError):  # removed in another window
            upload, state = folder.now(upload)
            found.append((upload, state_word(folder, upload, state)))
    return found


@routes.post("")
async def send(request: Request) -> Response:
    """Take a file. Raises ``BodyTooLarge``, ``UnsupportedMediaType``, ``BadRequest`` and ``FormRefused``."""
    uploads, owner = uploads_of(request), caller_of(request).key_id
    if hasattr(request.state, "form"):  # sent without a file, as no form of ours is
        return await _list(request, CHOOSE_FILE, 422)
    if not uploads.settings.upload_max_bytes:
        raise NotFound
    if len(await runtime_of(request).workers.run(partial(uploads.folder.all, owner))) >= MOST_KEPT:
        return await _list(request, FULL, 409)
    folder = await runtime_of(request).workers.run(uploads.folder.create)
    try:
        received = await _received(request, folder.name)
    except BaseException:
        uploads.folder.remove(folder.name)
        raise
    if received is None:
        uploads.folder.remove(folder.name)
        return await _list(request, CHOOSE_FILE, 422)
    return RedirectResponse(f"{PATH}/{folder.name}", 303)


async def _received(request: Request, upload_id: str) -> Received | None:
    """Keep the file of a form; ``None`` where none was chosen."""
    uploads = uploads_of(request)
    draft = uploads.folder.folder(upload_id) / "draft"

    def check(fields: dict[str, str]) -> None:
        require_token(request, fields.get(TOKEN, ""))

    found = await receive(request, draft, check, uploads.settings.upload_max_bytes)
    if not found.name:
        return None
    upload = new_upload(upload_id, caller_of(request).key_id, found.name, found.size)
    upload.queue = desk_at(request).keeps_texts
    draft.rename(uploads.folder.input(upload))
    uploads.folder.put(upload)
    return found


@routes.get("/{id}")
async def show(request: Request) -> Response:
    """One upload: a preview before it is scored, its progress, its result. Raises ``NotFound``."""
    return await _show(request, *_now(request))


async def _show(request: Request, upload: Upload, state: State) -> Response:
    folder, work = uploads_of(request).folder, runtime_of(request).workers.run
    kept = await work(partial(folder.rows_kept, upload))
    seen, problem = None, None
    if state not in ("running", "done") and not kept:
        try:
            seen = await work(partial(look_at, folder, upload))
        except BatchError as error:
            problem = said_by(request, error, upload.name)
    values: dict[str, Any] = {
        **{"upload": upload, "state": state, "kept": kept, "seen": seen},
        "state_word": UNREADABLE if problem and state == "ready" else STATES[state],
        **{"problem": problem or _problem_of(request, upload), "message": message_for(_told(request), state)},
        "sheets": sheets_told(request, upload, seen.sheet if seen else None),
        "rejected": rejected_told(request, upload),
        "unknown_election": state != "done" and not _knows_election(request, upload),
        **{"purposes": PURPOSES, "figures": FIGURES, "endings": ENDINGS, "actions": _actions(request)},
        **{
            "keeps_texts": desk_at(request).keeps_texts,
            "progress": progress_words(request, folder.progress(upload.id)),
        },
        **{"pace": pace_of(folder.progress(upload.id)), "days": uploads_of(request).settings.upload_days},
    }
    return page(request, "upload.html", headers={"Content-Security-Policy": _POLICY}, **values)


@routes.get("/{id}/kemajuan")
async def progress(request: Request) -> Response:
    """How far a run is, as JSON: ``state``, ``part`` in [0, 1] and ``words``. Raises ``NotFound``."""
    upload, state = _now(request)
    figures = uploads_of(request).folder.progress(upload.id)
    answer = {"state": state, "part": pace_of(figures).part, "words": progress_words(request, figures)}
    return JSONResponse(answer)


@routes.post("/{id}/mulai")
async def start(request: Request) -> Response:
    """Score an upload, from where it stands; an election that no watchlist knows is warned of once, before anything
    is spent on it. Raises ``NotFound``, ``BadRequest`` and ``ModelUnavailable``.
    """
    (upload, state), uploads = _now(request), uploads_of(request)
    if state in ("running", "done"):  # in another window, where the form is another one
        return _back(upload)
    work = runtime_of(request).workers.run
    goes_on = state != "ready" and not form_of(request).keys() & _CHOICES
    if not goes_on and not await work(partial(uploads.folder.rows_kept, upload)):
        await _take_choices(request, upload)
        if not _knows_election(request, upload) and upload.election != form_of(request).get("tetap"):
            return await _show(request, upload, state)
    tools = await work(partial(tools_for, request, upload, charge_of(request)))
    outcome = await work(partial(uploads.runner.start, upload, tools))
    return _back(upload, {"busy": "sibuk", "held": "", "started": ""}[outcome])


@routes.post("/{id}/berhenti")
async def stop(request: Request) -> Response:
    """End a run after the chunk at hand; it can be gone on with. Raises ``NotFound``."""
    upload = _mine(request)
    uploads_of(request).folder.ask_to_stop(upload.id)
    return _back(upload, "dihentikan")


@routes.post("/{id}/hapus")
async def remove(request: Request) -> Response:
    """Remove an upload with its result. Raises ``NotFound``."""
    upload = _mine(request)
    removed = await runtime_of(request).workers.run(partial(uploads_of(request).folder.remove, upload.id))
    return RedirectResponse(PATH, 303) if removed else _back(upload, "berjalan")


@routes.get("/{id}/hasil")
async def result(request: Request) -> Response:
    """The result as a file. Raises ``NotFound``, also before there is one."""
    upload = _mine(request)
    path = uploads_of(request).folder.output(upload)
    if upload.state != "done" or not path.is_file():
        raise NotFound
    return FileResponse(path, media_type=_TYPES[upload.ending], filename=f"netra-{upload.id[:8]}{upload.ending}")


def _mine(request: Request) -> Upload:
    try:
        return uploads_of(request).folder.get(request.path_params["id"], caller_of(request).key_id)
    except KeyError:
        raise NotFound from None


def _now(request: Request) -> tuple[Upload, State]:
    """The upload and its state as they are now. Raises ``NotFound``."""
    with suppress(KeyError):
        return uploads_of(request).folder.now(_mine(request))
    raise NotFound


async def _take_choices(request: Request, upload: Upload) -> None:
    """What the form says about how to read and score. Raises ``BadRequest`` for what no form of ours says."""
    form = form_of(request)
    action, ending, election, platform = (form.get(name, "").strip() for name in _CHOICES)
    column = form.get("kolom") or None
    too_long = len(election) > _LONGEST_ELECTION or len(platform) > _LONGEST_PLATFORM
    if action not in ACTIONS or ending not in ENDINGS or too_long:
        raise BadRequest(reason="form")
    if column is not None and column not in await _column_names(request, upload):
        raise BadRequest(reason="form")
    upload.action, upload.ending, upload.election = action, ending, election or None
    upload.platform = platform or None
    upload.text_column, upload.queue = column, "antrean" in form and desk_at(request).keeps_texts


def _knows_election(request: Request, upload: Upload) -> bool:
    """Whether a watchlist knows the election of all rows, if one is given; yes while there are no watchlists."""
    lists = runtime_of(request).watchlists
    return lists is None or lists.knows(upload.election, None)


async def _column_names(request: Request, upload: Upload) -> tuple[str, ...]:
    with suppress(BatchError):
        seen: Preview = await runtime_of(request).workers.run(
            partial(preview, uploads_of(request).folder.input(upload))
        )
        return seen.names
    return ()


def _actions(request: Request) -> list[tuple[str, str]]:
    return [(action, ACTION_NAMES[action].to(language_at(request))) for action in ACTIONS]


def _problem_of(request: Request, upload: Upload) -> str | None:
    return upload.problem[language_at(request)] if upload.problem else None


def _told(request: Request) -> str:
    return request.query_params.get("kabar", "")


def _back(upload: Upload, message: str = "") -> Response:
    return RedirectResponse(f"{PATH}/{upload.id}" + (f"?kabar={message}" if message else ""), 303)
