"""What a process has imported when, and that who serves waits for nothing that is rarely needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli, server

pytestmark = pytest.mark.usefixtures("cycles_as_before")


def imported_by(module: str) -> set[str]:
    """What a new process has imported when it has imported that."""
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("first", ["app.cli", "app.server", "app.cli.__main__"])
def test_the_first_step_imports_next_to_nothing(first: str) -> None:
    assert imported_by(first).isdisjoint({"typer", "fastapi", "numpy", "sqlalchemy"})


def test_a_service_does_not_wait_for_what_it_rarely_needs() -> None:
    imported = imported_by("app.main")
    assert "fastapi" in imported
    assert imported.isdisjoint({"pyarrow", "alembic", "sqlalchemy.dialects.postgresql", "app.batch.run"})
    assert imported.isdisjoint({"scipy", "sklearn", "pandas", "jinja2", "rich"})


def test_nor_for_what_only_batches_and_documents_of_the_interface_need(tmp_path: Path) -> None:
    """Until it is ready, the model checked and the first act read."""
    script = (
        "import asyncio, sys\n"
        "from app.server import application\n"
        "async def start(app):\n"
        "    async with app.router.lifespan_context(app):\n"
        "        app.state.runtime.need_scorer().score([Item('ayo coblos nomor 2')], explain=True)\n"
        "app = application()\n"
        "from app.scoring.types import Item\n"
        "asyncio.run(start(app))\n"
        "from fastapi.openapi.models import OpenAPI\n"
        "print(OpenAPI.__pydantic_complete__, *{'scipy', 'jinja2', 'rich'} & sys.modules.keys())\n"
    )
    environment = {"NETRA_STATE_DIR": str(tmp_path), "NETRA_AUTH": "off", "NETRA_LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert (done.stdout.split(), done.returncode) == (["False"], 0), done.stderr


def test_documents_of_the_interface_are_the_same_however_late_their_models_are_built() -> None:
    shown = "import hashlib, json; print(hashlib.sha256(json.dumps(app.openapi()).encode()).hexdigest())"
    ways = ("from app.server import application as made", "from app.main import create_app as made")
    runs = [[sys.executable, "-c", f"{way}\napp = made()\n{shown}"] for way in ways]
    late, soon = (subprocess.run(run, capture_output=True, text=True, check=True).stdout for run in runs)
    assert late == soon


def test_the_commands_can_be_looked_at_and_nothing_else() -> None:
    assert cli.app.registered_commands
    with pytest.raises(AttributeError):
        _ = cli.nothing


def test_the_process_that_serves_looks_for_no_cycles_before_it_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr("app.server.untroubled", lambda: steps.append("untroubled"))
    monkeypatch.setattr("app.main.create_app", lambda: steps.append("app") or "the app")
    assert server.application() == "the app"
    assert steps == ["untroubled", "app"]
