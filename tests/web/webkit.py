"""Helpers of the console's tests: people who log in and fill in the forms that they see."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
from api.http_client import Api, make_api
from databases import opened
from lxml import html

from app.access.keys import create_key
from app.access.routes import CONSOLE, OPEN
from app.access.scopes import SCOPES, Scope
from app.access.session import is_console
from app.settings import Settings
from app.web.forms import FORM_TYPE

#: What every form must carry, and where it is read by the program.
TOKEN = "token"
#: Everybody of them may do everything.
PEOPLE = ("Anna", "Budi", "Citra")


class Page:
    """An answer as its reader sees it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.text
        self.to = response.headers.get("location", "")

    @property
    def tree(self) -> Any:
        return html.document_fromstring(self.text)

    @property
    def title(self) -> str:
        [heading] = self.tree.xpath("//h1")
        return " ".join(heading.text_content().split())

    @property
    def words(self) -> str:
        """What can be read in the page's own part."""
        return " ".join(self.tree.xpath("//main")[0].text_content().split())

    def forms(self, action: str) -> list[Any]:
        return [form for form in self.tree.forms if form.get("action") == action]

    def form(self, action: str) -> dict[str, str]:
        """The fields of the one form that goes to ``action``, as they stand."""
        [form] = self.forms(action)
        return dict(form.form_values())

    def links(self) -> set[str]:
        return {str(link) for link in self.tree.xpath("//@href | //@src | //@action")}


class Console:
    """One app and several people in front of browsers; who is not told apart is Anna."""

    def __init__(self, settings: Settings, stack: ExitStack, **given: Any) -> None:
        self.settings = settings
        told = {name: getattr(settings, name) for name in ("state_dir", "database_url", "secret_key")}
        # Before the start, as a service looks for new keys only every now and then.
        with opened(settings) as store, store.begin() as tx:
            made = {
                name: create_key(tx, name, scopes, requests_per_minute=0, items_per_day=0)
                for name, scopes in (*((name, SCOPES) for name in PEOPLE), *((scope, (scope,)) for scope in SCOPES))
            }
        self.anna, self.budi, self.citra = (made[name] for name in PEOPLE)
        self.keys: dict[Scope, str] = {scope: made[scope] for scope in SCOPES}
        self.api: Api = stack.enter_context(make_api(**{**told, "second_read_percent": 0, **given}))
        del self.api.client.headers["X-API-Key"]
        self.log_in(self.anna)

    def log_in(self, key: str) -> Page:
        self.forget()
        return self.send("/konsol/masuk", kunci=key)

    def forget(self) -> None:
        """As another browser."""
        self.api.client.cookies.clear()

    def queue(self, text: str = "ayo coblos nomor 2", **given: str) -> str:
        """Id of an act that the API was given to queue."""
        body = {"text": text, "queue": True, **given}
        answer = self.api.post("/classify", body, X_API_Key=self.keys["classify"]).json()
        assert isinstance(answer["queued"], str)
        return str(answer["queued"])

    def get(self, path: str, **headers: str) -> Page:
        return Page(self.api.get(path, **headers))

    def send(self, path: str, /, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """Post a form as it is given, with no token but a given one."""
        sent = {"Content-Type": FORM_TYPE, **(headers or {})}
        return Page(self.api.run(self.api.client.post(path, content=urlencode(fields), headers=sent)))

    def token(self) -> str:
        return self.get("/konsol/bantuan").form("/konsol/keluar")[TOKEN]

    def submit(self, path: str, /, **fields: str) -> Page:
        """Post a form of one's own session."""
        return self.send(path, token=self.token(), **fields)

    def submit_on(self, page: Page, action: str, /, **fields: str) -> Page:
        """Fill in a form that is on ``page`` and post it."""
        return self.send(action, **{**page.form(action), **fields})


@cache
def console_routes() -> list[str]:
    """Every route of the console, open ones among them."""
    return [*CONSOLE, *(route for route in OPEN if is_console(route.partition(" ")[2]))]
