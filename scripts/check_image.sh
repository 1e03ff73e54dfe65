#!/usr/bin/env bash
# Walk the Dockerfile's steps without a container engine: what it copies exists, installs from the runtime lock alone,
# and serves under its own environment, with secrets from files, from a tree that the service does not write to.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
python=${PYTHON:-python3}
image=$(mktemp -d)
served=""
trap '[ -z "$served" ] || kill "$served" 2> /dev/null || true; chmod -R u+w "$image"; rm -rf "$image"' EXIT
fail() { echo "image: $*" >&2; exit 1; }

# Stage one: libraries in an environment without pip, then our tree with the modes of the image.
"$python" -m venv "$image/installer"
"$python" -m venv --without-pip "$image/opt/netra"
"$image/installer/bin/pip" --python "$image/opt/netra/bin/python" install --quiet --no-cache-dir \
  --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/runtime.txt
copies=$(awk '$1 == "FROM" {at = "/"} $1 == "WORKDIR" {at = $2}
  $1 == "COPY" && $2 !~ /^--from/ {print $2, ($3 ~ /^\// ? $3 : at "/" $3)}' Dockerfile)
while read -r source target; do
  test -e "$source" || fail "$source is copied but missing"
  mkdir -p "$(dirname "$image$target")"
  cp -r "$source" "$image$target"
done <<< "$copies"
find "$image/srv" -name __pycache__ -prune -exec rm -r {} +
cd "$image/srv/netra"
"$image/opt/netra/bin/python" -m compileall -q --invalidation-mode unchecked-hash app
chmod -R u=rwX,go=rX "$image/srv"
chmod 0755 "$image/opt/netra/bin/netra"

# Stage two: its environment, with paths in here; the state folder; a secret as a file, as an orchestrator mounts it.
for pair in $(grep -oE '(NETRA|PYTHON)[A-Z_]*=[^ ]+' "$repository/Dockerfile"); do
  value=${pair#*=}
  export "${pair%%=*}=${value/#\//$image/}"
done
export PATH=$image/opt/netra/bin:$PATH CREDENTIALS_DIRECTORY=$image/run/secrets
mkdir -p "$NETRA_STATE_DIR" "$CREDENTIALS_DIRECTORY"
chmod 0700 "$NETRA_STATE_DIR"
"$image/opt/netra/bin/python" -c 'import secrets; print(secrets.token_urlsafe(48))' > "$CREDENTIALS_DIRECTORY/NETRA_SECRET_KEY"

# Its user, where that can be had; otherwise ourselves, without the right to write.
as=()
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
  other=(setpriv --reuid=10001 --regid=10001 --clear-groups)
  chmod 0755 "$image"
  if "${other[@]}" sh -c "exec '$image/opt/netra/bin/python' -c ''" 2> /dev/null; then
    as=("${other[@]}")
    chown -R 10001:10001 "$NETRA_STATE_DIR"
  fi
fi
[ ${#as[@]} -gt 0 ] || chmod -R a-w "$image/srv"
before=$(find "$image/srv" -printf '%p %s %T@ %m\n' | sort | sha256sum)

"${as[@]}" netra classify --json "Rabu besok coblos nomor 2 ya, Pak Darsono bupati kita" > "$image/answer.json" \
  || fail "no answer"
grep -Eq '"band": ?"flag"' "$image/answer.json" || fail "a plain vote call is not flagged"
if env -u NETRA_BEHIND_TLS_PROXY "${as[@]}" netra serve --host 0.0.0.0 2> "$image/refusal"; then
  fail "listens beyond this host without a proxy"
fi
grep -q NETRA_BEHIND_TLS_PROXY=yes "$image/refusal" || fail "another refusal: $(cat "$image/refusal")"
key=$("${as[@]}" netra key create --scopes classify 2> /dev/null)
[[ $key =~ ^netra_[a-z0-9]{8}_[A-Za-z0-9]{43}$ ]] || fail "no key"
test ! -e "$NETRA_STATE_DIR/secret.key" || fail "made a secret of its own beside the one it was given"

port=$("$image/opt/netra/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as[@]}" netra serve --host 127.0.0.1 --port "$port" --workers 2 2> "$image/log" &
served=$!
"$image/opt/netra/bin/python" - "$port" "$key" <<'PY' || { tail -5 "$image/log" >&2; fail "does not serve"; }
import json, sys, time, urllib.error, urllib.request

port, key = sys.argv[1:]


def ask(path, body=None, **headers):
    sent = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


deadline = time.monotonic() + 60
while ask("/health/ready")[0] != 200:
    if time.monotonic() > deadline:
        sys.exit(f"not ready: {ask('/health/ready')}")
    time.sleep(0.2)
post = {"path": "/classify", "body": b'{"text": "Rabu besok coblos nomor 2 ya, Pak Darsono bupati kita"}'}
json_sent = {"Content-Type": "application/json"}
assert ask(**post, **json_sent)[0] == 401, "a stranger is let in"
status, answer = ask(**post, **json_sent, **{"X-API-Key": key})
assert (status, answer.get("band")) == (200, "flag"), (status, answer.get("type"))
with urllib.request.urlopen(f"http://127.0.0.1:{port}/konsol", timeout=10) as page:
    assert page.url.partition("?")[0].endswith("/konsol/masuk") and b"<h1>Masuk" in page.read(), "no console"
PY
kill -TERM "$served"
wait "$served" && code=0 || code=$?
served=""
[ "$code" = 0 ] || [ "$code" = 143 ] || fail "ended with $code when it was asked to stop"
after=$(find "$image/srv" -printf '%p %s %T@ %m\n' | sort | sha256sum)
[ "$before" = "$after" ] || fail "something in its own tree was written"
[ ${#as[@]} -gt 0 ] && who="under its own user" || who="without the right to write"
echo "image: runtime lock, copied tree, secrets from files, keys, answers, an orderly end; $who"
