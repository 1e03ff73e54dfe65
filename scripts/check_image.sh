#!/usr/bin/env bash
# Walk the Dockerfile's steps without a container engine: what it copies exists, installs from the runtime lock
# alone, and serves from a tree that the service cannot write to.
set -euo pipefail
cd "$(dirname "$0")/.."
image=$(mktemp -d)
trap 'chmod -R u+w "$image"; rm -rf "$image"' EXIT

awk '$1 == "COPY" && $2 !~ /^--from/ {print $2}' Dockerfile | while read -r source; do
  test -e "$source" || { echo "image: $source is copied but missing"; exit 1; }
done
python3 -m venv "$image/venv"
"$image/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
mkdir -p "$image/srv/data"
cp -r app models "$image/srv/"
cp -r data/lexicon data/watchlists "$image/srv/data/"
chmod -R a-w "$image/srv"
cd "$image/srv"
export PYTHONPATH=$image/srv PYTHONDONTWRITEBYTECODE=1 NETRA_MODELS_DIR=$image/srv/models
"$image/venv/bin/python" -m app.cli classify --json "Rabu besok coblos nomor 2 ya, Pak Darsono bupati kita" > "$image/answer.json"
"$image/venv/bin/python" - "$image/answer.json" <<'PY'
import json, sys
answer = json.load(open(sys.argv[1], encoding="utf-8"))
assert answer["band"] == "flag", answer["band"]
print("image: runtime lock, copied tree and model answer", answer["band"])
PY
