"""Reads what deploys Netra as its programs would: the Dockerfile, the YAML files, nginx's configuration."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {f"NETRA_{name.upper()}" for name in Settings.model_fields}
#: Settings that hold a secret: only ever read from a file.
SECRETS = {
    f"NETRA_{name.upper()}" for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
}
STATE, SECRET_FOLDER = "/var/lib/netra", "/run/secrets"
USER = 10001

#: Kinds of Kubernetes that run pods.
RUNNING = ("Deployment", "Job")

_TAG = re.compile(r"[a-z0-9./-]+:[0-9][\w.-]*")


class Instruction(NamedTuple):
    """One instruction of a Dockerfile with its arguments, and the number of the stage it stands in, from 1."""

    stage: int
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)


def dockerfile(text: str | None = None) -> list[Instruction]:
    """The instructions, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8") if text is None else text
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    stage, found = 0, []
    for line in filter(str.strip, lines.replace("\\\n", " ").splitlines()):
        name, _, rest = line.partition(" ")
        stage += name == "FROM"
        found.append(Instruction(stage, name, rest.strip()))
    return found


def environment(stage: int) -> dict[str, str]:
    """What the ENV instructions of a stage set."""
    words = [word for one in dockerfile() if (one.stage, one.name) == (stage, "ENV") for word in one.words]
    return dict(word.split("=", 1) for word in words)


def last_stage() -> list[Instruction]:
    """The instructions of the image that runs."""
    found = dockerfile()
    return [one for one in found if one.stage == found[-1].stage]


def compose() -> dict[str, Any]:
    """compose.yaml with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def kubernetes() -> dict[tuple[str, str], dict[str, Any]]:
    """The objects of the example by kind and name."""
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
    return {(made["kind"], made["metadata"]["name"]): made for made in yaml.safe_load_all(text)}


def pods() -> dict[str, dict[str, Any]]:
    """The pod templates of the example by the name of what runs them."""
    return {name: made["spec"]["template"] for (kind, name), made in kubernetes().items() if kind in RUNNING}


def is_pinned(image: str) -> bool:
    """Whether an image is named by a tag that begins with a number, not by one that moves such as ``latest``."""
    return bool(_TAG.fullmatch(image))


class Directive(NamedTuple):
    """One directive of nginx, and those in its block."""

    name: str
    words: list[str]
    block: list[Directive]


def nginx() -> list[Directive]:
    """deploy/nginx.conf as a tree."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    pieces = re.findall(r"'(?:[^'])*'|\"[^\"]*\"|[{};]|#[^\n]*|[^\s{};'\"]+", text)
    return _block(iter([piece for piece in pieces if not piece.startswith("#")]))


def _block(pieces: Iterator[str]) -> list[Directive]:
    found, words = [], list[str]()
    for piece in pieces:
        if piece == "}":
            break
        if piece in ";{":
            found.append(Directive(words[0], words[1:], _block(pieces) if piece == "{" else []))
            words = []
        else:
            words.append(piece[1:-1] if piece[0] in "'\"" else piece)
    return found


def within(tree: list[Directive], *path: str) -> list[Directive]:
    """Every directive that ``path`` leads to, name by name."""
    for step, name in enumerate(path):
        matching = [one for one in tree if one.name == name]
        tree = matching if step == len(path) - 1 else [inner for one in matching for inner in one.block]
    return tree
