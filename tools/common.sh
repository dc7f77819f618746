# shellcheck shell=bash
# What the scripts at the root share. They source it, and stand in the root of the repository afterwards.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root" || exit 1

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

program=$root/artifacts/bin/Latchkey/release/latchkey
player=$root/web/player

setting_names='LATCHKEY_|APP_|VIDEO_|APIVIDEO_|API_|SUPABASE_|SMS_|KIE_|NEXT_PUBLIC_|LAOZHANG_|FAL_|OPENAI_|GENERATION_|ENABLE_KLING_|XRAY_|V2RAY_|REALITY_|VPN_|ASPNETCORE_|PORT$|NODE_ENV$|DOMAIN$'

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# need COMMAND:PACKAGE...: installs the Debian packages whose commands are missing, or says what to install.
need() {
  local pair missing=()

  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done

  install_missing "${missing[@]}"
}

# need_package PACKAGE...: the same for Debian packages that bring no command, such as Python's modules.
need_package() {
  local package missing=()

  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done

  install_missing "${missing[@]}"
}

install_missing() {
  local missing as_root=()

  [ $# -gt 0 ] || return 0
  mapfile -t missing < <(printf '%s\n' "$@" | sort -u)
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)

  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    fail "Please install what is missing, then run this again. On Debian or Ubuntu:" \
      "sudo apt-get install ${missing[*]}"
  fi

  say "Installing ${missing[*]} …"
  quietly "${as_root[@]}" apt-get update
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

# What the tests run beside the program.
need_test_tools() {
  need ffmpeg:ffmpeg ffprobe:ffmpeg curl:curl node:nodejs npm:npm chromium:chromium v2ray:v2ray python3:python3
  need_package python3-requests python3-httpx
}

# What the caller's shell has set for a server of their own must not reach the tests.
unset_settings() {
  local name

  for name in $(compgen -e | grep -E "^($setting_names)"); do
    [[ $name = LATCHKEY_PLAYER_PICTURE || $name = LATCHKEY_TEST_* ]] || unset "$name"
  done
}

need_dotnet() {
  command -v dotnet >/dev/null ||
    fail "The .NET SDK 10 is missing. https://dotnet.microsoft.com/download shows how to install it."
}

# quietly COMMAND...: shows what the command wrote only when it fails. No build server stays behind and keeps files open.
quietly() {
  local log status=0
  log=$(mktemp)
  MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# is_stale STAMP PATH...: whether anything there was written after the stamp. A folder's own time tells of deleted files.
is_stale() {
  local stamp=$1
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -print -quit)" ]
}

# Sources that change during a build count as newer than it, so its stamp bears the time of its beginning.
begin() {
  mkdir -p "$(dirname -- "$1")"
  touch "$1.new"
}

finish() { mv "$1.new" "$1"; }

# The player's page, which the program carries inside.
build_player() {
  local stamp=$root/artifacts/.player-built

  [ -f "$player/package.json" ] || return 0
  [ -d "$player/dist" ] && ! is_stale "$stamp" "$player"/*.json "$player"/*.mjs "$player/src" && return 0
  need node:nodejs npm:npm
  say "Building the player …"
  begin "$stamp"
  quietly npm --prefix "$player" ci --no-audit --no-fund
  quietly npm --prefix "$player" run build
  finish "$stamp"
}

build_program() {
  local stamp=$root/artifacts/.built inputs=(src Directory.Build.props Directory.Packages.props global.json)

  [ ! -d "$player/dist" ] || inputs+=("$player/dist")
  [ -x "$program" ] && ! is_stale "$stamp" "${inputs[@]}" && return 0
  need_dotnet
  say "Building Latchkey …"
  begin "$stamp"
  quietly dotnet build src/Latchkey --configuration Release --nologo --verbosity quiet
  finish "$stamp"
}
