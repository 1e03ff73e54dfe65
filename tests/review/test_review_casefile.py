"""The case file: whole, readable, and worked out again to the last bit or told apart exactly."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from casekit import ACT, ACTS, Make, case_of, put_judged, scorer_of
from reviewkit import ANNA, BUDI, Clock, desk_with, lists, say

from app.policy.rules import load_rules
from app.problems import NotFound
from app.review.bundles import find_bundle, load_once, served_manifest_hash
from app.review.casefile import complete, handed_out, material
from app.review.casehtml import case_html
from app.review.contributions import derive
from app.review.desk import CLI, Desk
from app.review.erasure import forget
from app.review.problems import ItemErased
from app.review.replay import CaseUnreadable, digest_of, read_case, replay
from app.scoring.pointer import manifest_hash
from app.scoring.types import Item
from app.store import Store
from app.watchlists.lists import Watchlists
from tests.scoring.tinybundle import NAME, Tiny, edit_manifest


def test_the_second_reader_is_not_handed_what_the_first_said(store: Store, clock: Clock, tiny: Tiny) -> None:
    desk = desk_with(clock, second_percent=100)
    item_id = put_judged(store, desk, tiny, ACT)
    say(store, desk, ANNA, item_id, "dukungan", "Alasan pembaca pertama.")
    with store.read() as tx:
        found = {who: material(tx, desk, item_id, who) for who in (ANNA, BUDI, CLI)}
    cases = {who: complete(each, tiny.models_dir, lists(), load_rules()) for who, each in found.items()}
    blind = {who: (case["review"]["blind"], len(case["review"]["decisions"])) for who, case in cases.items()}
    assert blind == {ANNA: (False, 1), BUDI: (True, 0), CLI: (False, 1)}
    assert "Alasan pembaca pertama" not in json.dumps(cases[BUDI]) + case_html(cases[BUDI])
    assert "tidak ditunjukkan" in case_html(cases[BUDI])
    assert "Alasan pembaca pertama" in case_html(cases[ANNA])
    assert replay(read_case(json.dumps(cases[BUDI]).encode()), tiny.models_dir, lists(), load_rules()).reproduced


def test_a_case_file_holds_everything(make: Make, desk: Desk, tiny: Tiny) -> None:
    case = make()
    assert json.loads(json.dumps(case)) == case
    assert case["act"]["text"] == ACT.text
    assert case["account"] == {
        "author": desk.author("penulis-uji"),
        "id": "a-1",
        "platform": "facebook",
        "account_kind": "pribadi",
        "subject_status": "PNS",
        "parent_author": "@gendis_w",
    }
    times = case["times"]
    assert times["posted_at"] == "2031-11-03T12:05:00+00:00"
    assert times["known_at"] == "2031-11-03T14:00:00+00:00"
    assert (times["finding_until"], times["report_until"], times["days_left"]) == ("2031-11-10", "2031-11-12", 6)
    assert times["known_at_given"] is True
    assert case["model"] == {"name": "kecil", "version": "1", "manifest_hash": manifest_hash(tiny.folder)}
    assert case["policy"]["phase"] == "kampanye"
    assert "SKB-B6" in [rule["id"] for rule in case["policy"]["rules"]]
    assert {source["id"] for source in case["sources"]} >= set(case["policy"]["rules"][0]["sources"])
    assert case["watchlist"] == {"version": lists().version}
    assert [made["label"] for made in case["review"]["decisions"]] == ["dukungan", "bukan"]
    assert case["review"]["state"] == "disagreement"
    assert case["review"]["decisions"][0]["reviewer"] == desk.reviewer(ANNA)
    assert [row["action"] for row in case["audit"]] == ["queue", "decide", "decide"]
    assert case["notice"].startswith("Hanya indikasi")
    assert case["digest"] == digest_of(case)
    assert float.fromhex(case["verdict"]["score_bits"]) == case["verdict"]["score"]
    assert "penulis-uji" not in json.dumps(case)
    assert f'"{ANNA}"' not in json.dumps(case)


@pytest.mark.parametrize("known_at", ["kemarin", "9999-12-31"])
def test_a_time_that_says_nothing_was_not_given(store: Store, desk: Desk, tiny: Tiny, known_at: str) -> None:
    times = case_of(store, desk, put_judged(store, desk, tiny, ACT, known_at), tiny.models_dir)["times"]
    assert (times["known_at_given"], times["known_at"]) == (False, times["queued_at"])


def test_tokens_are_those_that_the_model_read(make: Make) -> None:
    tokens = make()["derivation"]["tokens"]
    assert list(tokens) == ["text", "target_text"]
    assert "<nama>" in [token["form"] for token in tokens["target_text"]]
    assert "Gendis" not in [token["form"] for token in tokens["target_text"]]
    first = tokens["target_text"][0]
    assert ACT.target_text[first["start"] : first["end"]] == "ayo"


@pytest.mark.parametrize("item", ACTS)
def test_features_add_up_to_the_score(tiny: Tiny, item: Item) -> None:
    scorer = scorer_of(tiny)
    score = scorer.score([item])[0].score
    found = derive(item, scorer, lists())
    total = math.fsum(one.log_odds for one in found.contributions)
    assert score == pytest.approx(1 / (1 + math.exp(-total)), rel=1e-12)
    sizes = [abs(one.log_odds) for one in found.contributions]
    assert sizes == sorted(sizes, reverse=True)


def test_an_act_of_nothing_has_no_features(tiny: Tiny) -> None:
    found = derive(Item(action="like"), scorer_of(tiny), lists())
    assert (found.tokens, found.contributions) == ({}, [])


@pytest.mark.parametrize("item", ACTS)
def test_a_replay_comes_out_the_same_to_the_last_bit(store: Store, desk: Desk, tiny: Tiny, item: Item) -> None:
    case = case_of(store, desk, put_judged(store, desk, tiny, item), tiny.models_dir)
    found = replay(read_case(json.dumps(case).encode()), tiny.models_dir, lists(), load_rules())
    assert found.score is not None
    assert found.score.hex() == case["verdict"]["score_bits"]
    assert [one.kind for one in found.differences if one.kind not in ("verdict", "rules")] == []


def test_a_genuine_file_differs_in_nothing(make: Make, tiny: Tiny) -> None:
    found = replay(make(), tiny.models_dir, lists(), load_rules())
    assert (found.differences, found.reproduced) == ((), True)


def kinds(case: dict[str, Any], models_dir: Path, with_lists: Watchlists | None = None) -> list[str]:
    found = replay(case, models_dir, with_lists or lists(), load_rules())
    return [one.kind for one in found.differences]


def test_a_changed_file_shows(make: Make, tiny: Tiny) -> None:
    case = make()
    changed = json.loads(json.dumps(case))
    changed["review"]["decisions"][0]["label"] = "bukan"
    assert kinds(changed, tiny.models_dir) == ["file"]
    changed["digest"] = digest_of(changed)
    assert kinds(changed, tiny.models_dir) == []


def test_a_changed_act_shows_even_with_a_new_digest(make: Make, tiny: Tiny) -> None:
    case = make()
    case["act"]["text"] = "gas terus"
    case["digest"] = digest_of(case)
    found = replay(case, tiny.models_dir, lists(), load_rules())
    assert {"content", "score"} <= {one.kind for one in found.differences}
    assert not found.reproduced


def test_a_score_off_by_one_bit_shows(make: Make, tiny: Tiny) -> None:
    case = make()
    other = math.nextafter(case["verdict"]["score"], 1)
    case["verdict"] |= {"score": other, "score_bits": other.hex()}
    case["digest"] = digest_of(case)
    found = replay(case, tiny.models_dir, lists(), load_rules())
    [difference] = found.differences
    assert (difference.kind, difference.file, difference.here) == ("score", other.hex(), (found.score or 0).hex())
    assert not found.reproduced


def test_a_model_that_is_not_here_is_named(make: Make, tmp_path: Path) -> None:
    case = make()
    found = replay(case, tmp_path, lists(), load_rules())
    assert (found.score, found.reproduced) == (None, False)
    assert [(one.kind, one.file) for one in found.differences] == [("model_missing", "1")]


def test_a_model_of_the_same_version_but_another_manifest_shows(make: Make, models: Path) -> None:
    case = make()
    edit_manifest(models / NAME, comment="retrained")
    found = replay(case, models, lists(), load_rules())
    [difference] = found.differences
    assert difference.kind == "manifest"
    assert (difference.file, difference.here) == (case["model"]["manifest_hash"], manifest_hash(models / NAME))
    assert not found.reproduced


def test_a_damaged_model_is_not_used(make: Make, models: Path) -> None:
    case = make()
    (models / NAME / "weights.npy").write_bytes(b"x")
    edit_manifest(models / NAME, comment="so that nothing of it is remembered")
    found = replay(case, models, lists(), load_rules())
    assert [one.kind for one in found.differences] == ["manifest", "model_unusable"]
    assert found.differences[1].here == "model-damaged"
    assert (found.score, found.reproduced) == (None, False)


def test_other_watchlists_are_a_remark_as_long_as_the_score_is_the_same(make: Make, tiny: Tiny) -> None:
    case = make()
    renamed = Watchlists(lists().elections, lists().parties, "lain")
    found = replay(case, tiny.models_dir, renamed, load_rules())
    assert [one.kind for one in found.differences] == ["watchlists"]
    assert found.reproduced
    nobody = Watchlists((), (), "0")
    assert "watchlists" in kinds(case, tiny.models_dir, nobody)
    assert "rules" in kinds(case, tiny.models_dir, nobody)


def test_other_rules_are_a_remark(make: Make, tiny: Tiny) -> None:
    case = make()
    case["policy"] = {**case["policy"], "version": "2020-01-01-00000000", "rules": []}
    case["digest"] = digest_of(case)
    found = replay(case, tiny.models_dir, lists(), load_rules())
    assert [one.kind for one in found.differences] == ["policy", "rules"]
    assert found.reproduced


def test_evidence_that_was_changed_shows(make: Make, tiny: Tiny) -> None:
    case = make()
    case["verdict"]["evidence"][0]["weight"] += 1
    case["digest"] = digest_of(case)
    found = replay(case, tiny.models_dir, lists(), load_rules())
    assert [(one.kind, one.file) for one in found.differences] == [("verdict", "evidence")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"id": NaN}',
        b'{"id": "kata-uji"}',
    ],
)
def test_what_is_no_case_file_is_refused_without_an_echo(raw: bytes) -> None:
    with pytest.raises(CaseUnreadable) as refused:
        read_case(raw)
    assert "kata-uji" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("act", "teks"),
        ("act.text", 7),
        ("act.action", "spy"),
        ("verdict.score_bits", "0.5x"),
        ("verdict.score_bits", 0.5),
        ("model.version", None),
        ("policy.rules", [{}]),
        ("digest", None),
        ("watchlist", None),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(make: Make, path: str, value: object) -> None:
    case = make()
    place: Any = case
    *parents, name = path.split(".")
    for parent in parents:
        place = place[parent]
    place[name] = value
    with pytest.raises(CaseUnreadable):
        read_case(json.dumps(case).encode())


@pytest.mark.parametrize(
    ("damage", "reason"), [("missing", "model_missing"), ("other", "manifest"), ("bad", "model_unusable")]
)
def test_without_the_very_bundle_no_features_are_guessed(
    store: Store, desk: Desk, tiny: Tiny, models: Path, damage: str, reason: str
) -> None:
    item_id = put_judged(store, desk, tiny, ACT)
    if damage == "missing":
        shutil.rmtree(models / NAME)
    elif damage == "other":
        edit_manifest(models / NAME, comment="other")
    else:
        (models / NAME / "idf.npy").unlink()
        load_once.cache_clear()
    case = case_of(store, desk, item_id, models)
    assert case["derivation"]["missing"] == reason
    assert case["derivation"]["features"] == []
    page = case_html(case)
    assert "Tidak tersedia: bundel model versi ini" in page


def test_handing_out_is_logged(store: Store, desk: Desk, tiny: Tiny) -> None:
    item_id = put_judged(store, desk, tiny, ACT)
    case = case_of(store, desk, item_id, tiny.models_dir)
    with store.begin() as tx:
        handed_out(tx, desk, ANNA, case)
    again = case_of(store, desk, item_id, tiny.models_dir)
    assert [row["action"] for row in again["audit"]] == ["queue", "evidence"]


def test_there_is_no_file_of_what_is_not_there_or_erased(store: Store, desk: Desk, tiny: Tiny) -> None:
    item_id = put_judged(store, desk, tiny, ACT)
    with store.begin() as tx:
        forget(tx, desk, CLI, "penulis-uji")
    with store.read() as tx, pytest.raises(ItemErased):
        material(tx, desk, item_id)
    with store.read() as tx, pytest.raises(NotFound):
        material(tx, desk, "0" * 16)


def test_bundles_are_found_by_version(tiny: Tiny, models: Path) -> None:
    assert find_bundle(models, "1") == models / NAME
    assert find_bundle(models, "../1") is None
    assert find_bundle(models, "2") is None
    assert find_bundle(models / "nada", "1") is None
    assert manifest_hash(models) is None
    (models / "rusak").mkdir()
    (models / "rusak" / "manifest.json").write_text("[")
    assert find_bundle(models, "1") == models / NAME
    assert served_manifest_hash(models, None, "1") == manifest_hash(tiny.folder)
    assert served_manifest_hash(models, NAME, "0") is None
    assert served_manifest_hash(models / "nada", str(models / NAME), "1") == manifest_hash(tiny.folder)
