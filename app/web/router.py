"""Every route of the console; ``app.access.routes`` says who may take it, and a test compares the two."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import board, disputes, entry, item, papers, queue, trial, uploads
from app.web.assets import asset
from app.web.forms import FormRoute, OpenFormRoute

#: Logging in: no session yet, so no token of one.
open_routes = APIRouter(prefix="/konsol", include_in_schema=False, route_class=OpenFormRoute)
open_routes.get("/masuk")(entry.login_page)
open_routes.post("/masuk")(entry.login)
open_routes.get("/bahasa")(entry.choose_language)
open_routes.get("/aset/{name}")(asset)

#: Everything else. A route that takes a form is of this class, so that none is served without its token.
console = APIRouter(prefix="/konsol", include_in_schema=False, route_class=FormRoute)
console.get("")(entry.home)
console.get("/")(entry.home)
console.post("/keluar")(entry.logout)
console.get("/bantuan")(entry.help_page)
console.get("/antrean")(queue.queue_page)
console.post("/antrean/ambil")(queue.take_next)
console.get("/butir/{id}")(item.item_page)
console.post("/butir/{id}/ambil")(item.take_item)
console.post("/butir/{id}/putusan")(item.decide_item)
console.post("/butir/{id}/batal")(item.undo_decision)
console.post("/butir/{id}/kedua")(item.ask_second_reader)
console.post("/butir/{id}/lepas")(item.let_go)
console.post("/butir/{id}/berkas")(papers.case_file)
console.get("/beda")(disputes.disputes_page)
console.get("/coba")(trial.trial_page)
console.post("/coba")(trial.trial)
console.get("/model")(papers.card_page)

ROUTERS = (open_routes, console, uploads.routes, board.routes)
