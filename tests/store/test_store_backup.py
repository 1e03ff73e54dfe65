"""The backup of a SQLite file, by the very command that docs/settings.md gives."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from databases import opened, settings_of

from app.access.keys import all_keys, create_key

ROOT = Path(__file__).resolve().parents[2]
[COMMAND] = re.findall(r"(?m)^    (.*VACUUM INTO.*)$", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))


def names(folder: Path) -> list[str]:
    with opened(settings_of(folder)) as store, store.read() as tx:
        return [row.name for row in all_keys(tx)]


def put(folder: Path, file: Path) -> Path:
    (folder / "state").mkdir(parents=True)
    shutil.copyfile(file, folder / "state" / "netra.db")
    return folder


def test_the_backup_of_a_running_service_holds_what_was_written_last(tmp_path: Path) -> None:
    with opened(settings_of(tmp_path)) as store:
        with store.begin() as tx:
            create_key(tx, "baru", ("classify",))
        command = COMMAND.replace("python3", sys.executable)
        subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True, timeout=60)
        copied = put(tmp_path / "copied", tmp_path / "state" / "netra.db")
    backup = tmp_path / "netra-backup.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert names(put(tmp_path / "back", backup)) == names(tmp_path) == ["baru"]
    assert names(copied) == []  # what the page warns of
