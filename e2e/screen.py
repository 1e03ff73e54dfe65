"""What one person does in front of a browser, and what the browser thinks of the pages."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

#: Bytes of a picture at most; they lie in the repository.
MOST_PICTURE = 150_000
#: Milliseconds for what a page does next, on a host with much else to do.
PATIENCE = 120_000


class Screen:
    """One window. ``complaints`` are errors that scripts and policies gave rise to, ``strangers`` other hosts asked."""

    def __init__(self, context: BrowserContext, pictures: Path | None) -> None:
        self.context, self._pictures = context, pictures
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.address = ""
        context.on("console", self._heard)
        context.on("request", self._asked)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page: Page = context.new_page()

    def go(self, path: str) -> None:
        """Open a page of the service; it must be one that is there."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def log_in(self, address: str, key: str) -> None:
        """Log in with a key, typed."""
        self.address = address
        self.go("/konsol/masuk")
        self.picture("1-masuk")
        self.page.wait_for_selector("#kunci:focus")  # given when it is first drawn, which may be after it is loaded
        self.page.keyboard.type(key)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/masuk" not in url)

    def picture(self, name: str) -> None:
        """Keep what is to be seen, if pictures are wanted."""
        if self._pictures is None:
            return
        self._pictures.mkdir(exist_ok=True)
        path = self._pictures / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size < MOST_PICTURE, name

    def words(self, selector: str = "main") -> str:
        """What can be read there."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if self.address and not request.url.startswith((f"{self.address}/", "data:", "blob:", "about:")):
            self.strangers.append(request.url)
