# The part of "skyminer check setup" that runs inside the emulated board: bash /run/check/setup-ground.sh COMMAND ARGUMENTS.
# The board keeps the first simulated radio; the second is a phone's, the third a neighbour's, each in a network namespace of its own.
set -u
check=/run/check
page=10.77.0.1

fail() { echo "$*" >&2; exit 1; }

in_ns() { ip netns exec "$@"; }

interface_of() { in_ns "$1" iw dev | sed -n 's/^[[:space:]]*Interface //p' | head -1; }

# The wifi service must not see radios that are about to go elsewhere.
air() {
  systemctl stop skyminer-wifi.service 'skyminer-wpa@*.service'
  rm -f /run/skyminer-wifi/status.json
  modprobe mac80211_hwsim radios=3 || fail "the module mac80211_hwsim cannot be loaded"
  udevadm settle --timeout=30
  local phys
  mapfile -t phys < <(ls -v /sys/class/ieee80211)
  [ "${#phys[@]}" = 3 ] || fail "the board has ${#phys[@]} radios, not 3"
  namespace phone "${phys[1]}"
  namespace neighbour "${phys[2]}"
}

namespace() { # NAME PHY
  ip netns add "$1" && ip -n "$1" link set lo up && iw phy "$2" set netns name "$1" || fail "radio $2 was not given to the $1"
}

# The board's way to this machine is a wire to it: an owner without a cable has none.
offer() { # INTERFACE...
  local words="" name
  for name in "$@"; do words="$words --ignore-wire $name"; done
  mkdir -p /run/systemd/system/skyminer-wifi.service.d
  printf '[Service]\nExecStart=\nExecStart=/usr/bin/skywire wifi run%s\n' "$words" >/run/systemd/system/skyminer-wifi.service.d/check.conf
  systemctl daemon-reload
  systemctl reset-failed skyminer-wifi.service
  systemctl start --no-block skyminer-wifi.service
}

# wpa_supplicant of the phone or the neighbour with the configuration that lies beside; its words stay in the folder, for the journal is searched for secrets.
supplicant() { # NAME
  local face
  face=$(interface_of "$1")
  [ -n "$face" ] || fail "the $1 has no interface"
  systemctl stop "check-$1.service" 2>/dev/null
  systemctl reset-failed "check-$1.service" 2>/dev/null
  : >"$check/$1.log"
  systemd-run -q --collect --unit="check-$1" -p NetworkNamespacePath="/run/netns/$1" -p StandardOutput="append:$check/$1.log" -p StandardError=inherit \
    wpa_supplicant -i "$face" -c "$check/$1.conf" || fail "wpa_supplicant of the $1 was not started"
}

state() { wpa_cli -p "$check/ctrl-$1" -i "$(interface_of "$1")" status 2>/dev/null | sed -n 's/^wpa_state=//p'; }

address() { # NAME ADDRESS
  ip -n "$1" addr replace "$2" dev "$(interface_of "$1")"
}

dhcp() { ss -Hlun 'sport = :67' | wc -l; }

# One question for the address of captive.apple.com; the last four bytes of the answer.
ask_name() { in_ns phone bash "$check/setup-ground.sh" ask-name-here; }

ask_name_here() {
  exec 3<>"/dev/udp/$page/53"
  printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07captive\x05apple\x03com\x00\x00\x01\x00\x01' >&3
  timeout 10 dd bs=512 count=1 status=none <&3 | tail -c 4 | od -An -tu1 | tr -s ' ' . | sed 's/^\.//'
}

# Status line and Location of the answer to a request.
ask_page() { in_ns phone bash "$check/setup-ground.sh" ask-page-here "$@"; } # HOST PATH

ask_page_here() {
  exec 3<>"/dev/tcp/$page/80" || fail "the page does not answer"
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\n\r\n' "$2" "$1" >&3
  timeout 20 cat <&3 | tr -d '\r' | sed -n '1s/^HTTP\/1.1 \([0-9]*\).*/\1/p; s/^Location: //p; /^$/q'
}

# A port of the board's own loopback that leads through the phone's radio to the page.
relay() { # PORT
  systemd-run -q --collect --unit=check-relay systemd-socket-activate --listen="127.0.0.1:$1" --accept --inetd "$(command -v ip)" netns exec phone /bin/bash "$check/setup-ground.sh" relay-here
  # The unit counts as started before the program in it listens.
  local tries
  for tries in {1..60}; do
    [ -z "$(ss -Hltn "sport = :$1")" ] || return 0
    sleep 0.5
  done
  fail "nothing listens on port $1: $(journalctl -u check-relay -o cat --no-pager | tail -n 3)"
}

relay_here() {
  exec 3<>"/dev/tcp/$page/80" || exit 1
  cat <&0 >&3 &
  cat <&3
  kill $! 2>/dev/null
}

station() { in_ns neighbour iw dev "$(interface_of neighbour)" station dump; }

# How often a secret stands in the journal of this boot; the secret comes by the standard input, so that it is no argument either.
secret_in_journal() {
  local secret
  read -r secret
  journalctl -b -o cat --no-pager | grep -F -c -f <(printf '%s\n' "$secret")
}

command=${1//-/_}
shift
"$command" "$@"
