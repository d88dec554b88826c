# Sourced by ./run and ./test: one environment, made from a lock with hashes, again only when it changed.

make_environment() { # ROOT LOCK
  local root=$1 lock=$2 venv="$1/.venv" stamp want python
  stamp="$venv/.installed"
  want="$(cat "$root/requirements.lock" "$root/requirements-test.lock" | sha256sum | cut -d' ' -f1) $root"
  # The test lock holds the other one: an environment made for the tests also runs.
  if [ -f "$stamp" ] && [ "$(sed -n 1p "$stamp")" = "$want" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    if [ "$lock" = requirements.lock ] || [ "$(sed -n 2p "$stamp")" = "$lock" ]; then
      return 0
    fi
  fi
  python=$(find_python)
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$root/.environment.lock"
    flock -n 9 || { echo "Another ./run or ./test is installing; waiting for it ..." >&2; flock 9; }
  fi
  local count
  count=$(grep -c '^[a-z0-9].*==' "$root/$lock")
  echo "First start: 1/3 making .venv with $("$python" --version)" >&2
  rm -f "$stamp"
  if ! "$venv/bin/python" -c '' 2>/dev/null; then
    rm -rf "$venv"
    make_venv "$python" "$venv"
  fi
  echo "First start: 2/3 installing up to $count packages from $lock (the network decides how long)" >&2
  install_lock "$venv" "$root/$lock"
  echo "First start: 3/3 compiling" >&2
  "$venv/bin/python" - "$root/src" <<'PYTHON'
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "assises-checkout.pth").write_text(sys.argv[1] + "\n", encoding="utf-8")
PYTHON
  "$venv/bin/python" -m compileall -q "$root/src" >/dev/null || true
  printf '%s\n%s\n' "$want" "$lock" >"$stamp"
  { exec 9>&-; } 2>/dev/null || true
}

find_python() {
  local candidate
  for candidate in "${ASSISES_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return 0
    fi
  done
  echo "error: Python 3.11 or newer was not found. On Debian: apt install python3 python3-venv" >&2
  return 1
}

make_venv() { # PYTHON VENV
  if command -v uv >/dev/null 2>&1 && uv venv --quiet --python "$1" "$2" 2>/dev/null; then
    return 0
  fi
  if ! "$1" -m venv "$2" >/dev/null 2>&1; then
    rm -rf "$2"
    echo "error: this Python cannot make an environment. On Debian: apt install python3-venv" >&2
    return 1
  fi
}

install_lock() { # VENV LOCK
  if command -v uv >/dev/null 2>&1; then
    if uv pip install --python "$1/bin/python" --require-hashes -r "$2" >&2; then
      return 0
    fi
    echo "uv did not manage it; trying pip" >&2
  fi
  "$1/bin/python" -m pip --version >/dev/null 2>&1 || "$1/bin/python" -m ensurepip --default-pip >/dev/null
  local done=0 line
  set +e
  "$1/bin/python" -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r "$2" 2>&1 |
    while IFS= read -r line; do
      case "$line" in
        Collecting\ *)
          done=$((done + 1))
          line=${line#Collecting }
          printf '  %3d  %s\n' "$done" "${line%% *}" >&2
          ;;
        Installing\ collected*) echo "  unpacking" >&2 ;;
        ERROR*|error*|*WARNING*Retrying*) printf '%s\n' "$line" >&2 ;;
      esac
    done
  local status=${PIPESTATUS[0]}
  set -e
  if [ "$status" -ne 0 ]; then
    echo "error: the packages could not be installed; is the network up? Run the command again to go on." >&2
    return "$status"
  fi
}
