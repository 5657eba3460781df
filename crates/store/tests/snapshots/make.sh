#!/usr/bin/env bash
# Makes the snapshot of an installation as the program given makes it today: `schema-N.zip`, N being
# the step of its data's schema. To be run once, with the last program of a schema, before the next
# step lands; a snapshot is never made again.
#
#   cargo build -p huis && crates/store/tests/snapshots/make.sh target/debug/huis
#
# All in it is fictitious, the root key included: it opens nothing else (X-21).
set -euo pipefail
program=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" demo --prepare-only --no-keys-copy --dossiers 6 --data "$work/demo" >/dev/null
python3 - "$work/demo" "$here" <<'PYTHON'
import pathlib, sqlite3, sys, zipfile
data, here = map(pathlib.Path, sys.argv[1:])
for name in ("data.db", "keys.db", "trace.db"):
    db = sqlite3.connect(data / name)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    step = db.execute("SELECT MAX(version) FROM migration").fetchone()[0]
    db.close()
    if name == "data.db":
        target = here / f"schema-{step}.zip"
with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for name in ("data.db", "keys.db", "trace.db", "cle-racine", "nom-du-serveur", "DEMONSTRATION"):
        out.write(data / name, name)
print(target)
PYTHON
