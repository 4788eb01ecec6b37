# The part of "skyminer check wifi" that runs inside the emulated board: bash /run/check/ground.sh COMMAND ARGUMENTS.
# Node N is network namespace nN with radio rN. Words of states and figures are judged outside; in here things are only done.
set -u
check=/run/check
radiolab=$check/radiolab

fail() { echo "$*" >&2; exit 1; }

# The board's own services would share the air and the processor with the nodes.
prepare() {
  systemctl stop skyminer-wifi.service skywire.service skyminer-board.service 2>/dev/null
  modprobe mac80211_hwsim radios=0 || fail "the module mac80211_hwsim cannot be loaded"
  mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug || fail "there is no debugfs"
  chmod 755 "$radiolab"
}

interface_of() { ip netns exec "n$1" iw dev 2>/dev/null | sed -n 's/^\t*Interface //p' | head -1; }

# Who hears whom: two radios whose masks share a bit.
mask() { echo "$2" >"/sys/kernel/debug/ieee80211/r$1/hwsim/group" || fail "radio r$1 has no mask of groups"; }

# The same for good: a radio that is pulled and put back has it again.
hear() { mask "$1" "$2" && echo "$2" >"$check/n$1/mask"; }

# A radio is made in the board's own namespace, as only those hear each other, and moved.
radio_add() { # N TYPES MASK
  local id
  id=$("$radiolab" add --types "$2" --name "r$1") || fail "radio r$1 was not made: $id"
  echo "$id" >"$check/n$1/radio"
  echo "$2" >"$check/n$1/types"
  mask "$1" "$3"
  echo "$3" >"$check/n$1/mask"
  udevadm settle --timeout=10
  iw phy "r$1" set netns name "n$1" || fail "radio r$1 was not moved into n$1"
}

# The kernel lets a radio be taken away only from the namespace that it is in.
radio_remove() { ip netns exec "n$1" "$radiolab" remove "$(cat "$check/n$1/radio")"; }

replug() { # N SECONDS
  radio_remove "$1" && sleep "$2" && radio_add "$1" "$(cat "$check/n$1/types")" "$(cat "$check/n$1/mask")"
}

# What a step that broke off left of the node is taken away first.
node_make() {
  [ -e "/run/netns/n$1" ] && node_remove "$1"
  ip netns add "n$1" && ip -n "n$1" link set lo up && mkdir -p "$check/n$1" && chmod 700 "$check/n$1"
}

node_start() { systemctl reset-failed "skyminer-wifi-n$1.service" 2>/dev/null; systemctl start --no-block "skyminer-wifi-n$1.service"; }

node_stop() {
  systemctl stop "skyminer-wifi-n$1.service" "skyminer-wpa-n$1@*.service"
  systemctl reset-failed "skyminer-wifi-n$1.service" "skyminer-wpa-n$1@*.service" 2>/dev/null
  rm -rf "/run/skyminer-wifi-n$1"
}

node_remove() {
  node_stop "$1"
  # Where that fails the radio has not been moved yet, or is gone already.
  [ -e "$check/n$1/radio" ] && { radio_remove "$1" || "$radiolab" remove "$(cat "$check/n$1/radio")"; } 2>/dev/null
  ip netns del "n$1"
  rm -rf "$check/n$1"
}

address() { # N...
  local n i
  for n in "$@"; do
    i=$(interface_of "$n")
    [ -n "$i" ] && ip -n "n$n" addr replace "10.99.0.$n/24" dev "$i"
  done
}

status() { # N...
  local n
  echo "-- now"; date +%s.%N
  for n in "$@"; do
    echo "-- $n"; cat "/run/skyminer-wifi-n$n/status.json" 2>/dev/null; echo
  done
}

paths() { # N
  local i
  i=$(interface_of "$1")
  ip netns exec "n$1" iw dev "$i" mpath dump
}

mac() { ip -n "n$1" -br link show dev "$(interface_of "$1")" | tr -s ' ' | cut -d' ' -f3; }

forwarding() { # 0|1 N...
  local value=$1 n i
  shift
  for n in "$@"; do
    i=$(interface_of "$n")
    ip netns exec "n$n" iw dev "$i" set mesh_param "mesh_fwding=$value" || fail "node $n: mesh_fwding cannot be set"
  done
}

# The switch of a radio is seen only in the namespace that the radio is in.
rfkill() { # N 0|1|test
  ip netns exec "n$1" bash "$check/ground.sh" switch "r$1" "$2"
}

switch() { # RADIO 0|1|test
  local d
  for d in /sys/class/rfkill/*; do
    [ "$(cat "$d/name" 2>/dev/null)" = "$1" ] || continue
    [ "$2" = test ] || echo "$2" >"$d/soft"
    return
  done
  fail "radio $1 has no switch"
}

# One fault, to its end: what has to be given back is given back.
fault() { # N KIND SECONDS
  local n=$1 kind=$2 seconds=$3 i
  i=$(interface_of "$n")
  case $kind in
    link-down) [ -n "$i" ] && ip -n "n$n" link set "$i" down ;;
    replug) replug "$n" "$seconds" ;;
    supplicant-killed) systemctl kill -s KILL "skyminer-wpa-n$n@*.service" ;;
    service-killed) systemctl kill -s KILL "skyminer-wifi-n$n.service" ;;
    peers-lost) mask "$n" 0; sleep "$seconds"; mask "$n" "$(cat "$check/n$n/mask")" ;;
    rfkill) rfkill "$n" 1 && sleep "$seconds" && rfkill "$n" 0 ;;
    *) fail "no fault is called $kind" ;;
  esac
}

faults() { # N KIND:SECONDS:PAUSE...
  local n=$1 one
  shift
  for one in "$@"; do
    IFS=: read -r kind seconds pause <<<"$one"
    fault "$n" "$kind" "$seconds" || echo "node $n: $kind could not be brought about"
    sleep "$pause"
  done
}

# What must not grow: processes, interfaces, radios, open files.
leftovers() { # N...
  local n pid
  echo "supplicants $(pgrep -c -x wpa_supplicant)"
  echo "services $(pgrep -c -f 'skywire wifi run')"
  echo "interfaces $(for n in "$@"; do ip -n "n$n" -o link; done | wc -l)"
  echo "radios $(for n in "$@"; do ip netns exec "n$n" iw phy | grep -c ^Wiphy; done | paste -sd+ | sed 's/^$/0/' | { read -r sum; echo $((sum)); })"
  for n in "$@"; do
    pid=$(systemctl show -p MainPID --value "skyminer-wifi-n$n.service")
    echo "handles-$n $(ls "/proc/$pid/fd" 2>/dev/null | wc -l)"
  done
}

# The same by name.
leftovers_named() { # N...
  local n pid
  for n in "$@"; do
    echo "node $n:"
    ip -n "n$n" -br link
    ip netns exec "n$n" iw dev
    pid=$(systemctl show -p MainPID --value "skyminer-wifi-n$n.service")
    for fd in "/proc/$pid/fd/"*; do readlink "$fd"; done | sed 's/[0-9]\{3,\}//' | sort | uniq -c
  done
}

# The smallest web server that systemd alone makes: GET /N answers with the file's first N bytes, on the namespace's own loopback.
serve() { # N BYTES
  [ -s "$check/file.bin" ] && [ "$(stat -c %s "$check/file.bin")" = "$2" ] || head -c "$2" /dev/urandom >"$check/file.bin"
  cat >"$check/serve" <<'END'
IFS=' /' read -r method bytes rest
while IFS= read -r line; do [ "$line" = $'\r' ] && break; done
printf 'HTTP/1.1 200 OK\r\nContent-Length: %s\r\nConnection: close\r\n\r\n' "$bytes"
exec head -c "$bytes" /run/check/file.bin
END
  systemctl stop "check-file-n$1.service" 2>/dev/null
  systemctl reset-failed "check-file-n$1.service" 2>/dev/null
  systemd-run -q --collect --unit="check-file-n$1" -p NetworkNamespacePath="/run/netns/n$1" systemd-socket-activate --listen=127.0.0.1:8088 --accept --inetd /bin/bash "$check/serve"
  sha256sum <"$check/file.bin" | cut -d' ' -f1
}

counters() { # PID...
  local pid
  head -1 /proc/stat
  for pid in "$@"; do cat "/proc/$pid/stat"; done
}

# Through the SOCKS proxy of node N to the file server of whoever is at the other end. Nothing but bash: what is measured is the way.
fetch() { # N PROXY-PORT BYTES LIMIT PID...
  local n=$1 port=$2 bytes=$3 limit=$4
  shift 4
  echo "-- before"; echo "$EPOCHREALTIME"; counters "$@"
  timeout "$limit" ip netns exec "n$n" bash "$check/ground.sh" socks "$port" "$bytes" || fail "fetch failed with $?"
  echo "-- after"; echo "$EPOCHREALTIME"; counters "$@"
  echo "-- file"; stat -c %s "$check/got.bin"; sha256sum <"$check/got.bin" | cut -d' ' -f1
}

socks() { # PORT BYTES
  local reply line
  exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 11
  printf '\5\1\0' >&3
  [ "$(dd bs=1 count=2 status=none <&3 | od -An -tx1 | tr -d ' \n')" = 0500 ] || exit 12
  # CONNECT 127.0.0.1:8088, as the proxy sees it.
  printf '\5\1\0\1\177\0\0\1\37\230' >&3
  reply=$(dd bs=1 count=4 status=none <&3 | od -An -tx1 | tr -d ' \n')
  [ "${reply:0:4}" = 0500 ] || exit 13
  dd bs=1 count=$([ "${reply:6:2}" = 04 ] && echo 18 || echo 6) status=none of=/dev/null <&3
  printf 'GET /%s HTTP/1.1\r\nHost: check\r\n\r\n' "$2" >&3
  while IFS= read -r line <&3; do [ "$line" = $'\r' ] && break; done
  head -c "$2" <&3 >"$check/got.bin"
  [ "$(stat -c %s "$check/got.bin")" = "$2" ] || exit 14
}

visor_start() { # N PROGRAM
  systemctl reset-failed "check-visor-n$1.service" 2>/dev/null
  systemd-run -q --collect --unit="check-visor-n$1" -p NetworkNamespacePath="/run/netns/n$1" -p WorkingDirectory="$check/n$1/visor" -E DOTNET_EnableDiagnostics=0 "$2" visor run --config "$check/n$1/visor/skywire.json"
}

visor_stop() { systemctl stop "check-visor-n$1.service" 2>/dev/null; rm -f "$check/n$1/visor/api.sock"; }

visor_pids() { local n; for n in "$@"; do systemctl show -p MainPID --value "check-visor-n$n.service"; done; }

# A wire of each node to the board's own namespace, for the services of the comparison; nothing is forwarded between them.
wire() { # N
  ip link add "svc$1" type veth peer name svc0 netns "n$1" && ip addr add "10.98.$1.254/24" dev "svc$1" && ip link set "svc$1" up
  ip -n "n$1" addr add "10.98.$1.1/24" dev svc0 && ip -n "n$1" link set svc0 up && ip -n "n$1" route add 10.98.0.254/32 via "10.98.$1.254"
  ip addr replace 10.98.0.254/32 dev lo
}

command=${1//-/_}
shift
"$command" "$@"
