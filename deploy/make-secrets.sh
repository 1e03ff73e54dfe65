#!/bin/sh
# Make the random secrets that compose.yaml mounts, once. The folder is for its owner alone; the files in it can be
# read by any user, as each container reads its own under the user of that container.
set -eu
folder=${1:-$(dirname "$0")/secrets}
if [ -e "$folder" ]; then
  echo "$folder sudah ada; tidak ada yang diubah." >&2
  exit 1
fi
draft=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$draft"' EXIT
password=$(openssl rand -hex 32)
printf '%s' "$password" > "$draft/database_password"
printf 'postgresql://netra:%s@database/netra' "$password" > "$draft/database_url"
openssl rand -base64 32 | tr -d '\n' > "$draft/secret_key"
chmod 0444 "$draft"/*
mv "$draft" "$folder"
echo "Rahasia dibuat di $folder; simpan salinannya di tempat lain yang aman." >&2
