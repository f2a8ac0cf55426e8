# shellcheck shell=bash
# ./sluice demo, sourced by the script (which has set `root`): three gateways' worth of processes that know each other by their protocols alone.
#   tracker   introduces peers; holds nothing
#   seeder    holds the clip, and gives it away over WebRTC
#   gateway   holds nothing; gets a magnet link, and answers players
# TCP, DHT and web seeds are off in all three, so whatever plays came over WebRTC.

: "${root:?}"
demo_folder=
demo_pids=()

demo_end() {
  trap '' INT TERM
  trap - EXIT
  if [ ${#demo_pids[@]} -gt 0 ]; then
    kill "${demo_pids[@]}" 2>/dev/null || true
    wait "${demo_pids[@]}" 2>/dev/null || true
  fi
  [ -z "$demo_folder" ] || rm -rf "$demo_folder"
}

# Starts one part in the background: its name, then NAME=VALUE settings, then `--` and arguments of serve.
demo_start() {
  local name=$1
  shift
  local -a settings=(SLUICE_TCP_ENABLED=false SLUICE_DHT_ENABLED=false SLUICE_LSD_ENABLED=false SLUICE_WEB_SEED_ENABLED=false)
  while [ "$1" != -- ]; do
    settings+=("$1")
    shift
  done
  shift
  : >"$demo_folder/$name.log" # there from the start, for whoever waits for a line in it
  (
    export "${settings[@]}"
    SLUICE_JAVA_OPTS="-Xmx256m ${SLUICE_JAVA_OPTS:-}" gateway --data "$demo_folder/$name" "$@"
  ) >"$demo_folder/$name.log" 2>&1 &
  demo_pids+=($!)
}

# Waits until the part that was started last answers; its URL in demo_url.
demo_await() {
  local name=$1 log=$demo_folder/$1.log pid=${demo_pids[-1]} tenths
  for ((tenths = 0; tenths < 600; tenths++)); do
    demo_url=$(sed -n 's/^Sluice is ready at //p' "$log")
    [ -z "$demo_url" ] || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$log" >&2
  die "the demo's $name did not start"
}

# The value of a field in JSON of ours, where it stands once; nothing there holds quotes of its own.
demo_field() { sed -n "s/^[^{]*{.*\"$1\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" <<<"$2" | head -n 1; }

demo_api() { curl -fsS --max-time 10 "$@"; }

demo_mb() { awk -v bytes="${1:-0}" 'BEGIN { printf "%.2f MB", bytes / 1e6 }'; }

# The infohash of the one torrent that the seeder holds, once it has read the clip.
demo_infohash() {
  local tenths infohash
  for ((tenths = 0; tenths < 300; tenths++)); do
    infohash=$(demo_field infohash "$(demo_api "$1/api/v1/torrents")")
    if [ -n "$infohash" ]; then
      printf '%s\n' "$infohash"
      return 0
    fi
    sleep 0.1
  done
  die 'the seeder did not take the clip'
}

demo_introduce() {
  local base=$1 infohash=$2 magnet=$3 tracker=$4 seeder=$5
  local stream=$base/stream/$infohash/clip.mp4
  cat <<TEXT

Three processes, which know each other by their protocols alone:
  tracker   $tracker introduces peers, holds nothing
  seeder    $seeder holds demo/clip.mp4, gives it away over WebRTC
  gateway   $base holds nothing, was given only this magnet link:
            $magnet

Watch it:
  page      $base/#$infohash
  stream    $stream
            (VLC: Media > Open Network Stream; mpv, curl and any other player take it too)
  web seed  $base/webseed/$infohash/clip.mp4
  snippet   <video controls src="$stream"></video>

What flows (Ctrl-C ends the demo):
TEXT
}

# One line whenever something has changed.
demo_watch() {
  local url=$1 torrent line last=
  while true; do
    torrent=$(demo_api "$url") || die 'the gateway no longer answers'
    line=$(printf '%-8s  %3.0f %% held  from WebRTC peers: %s at %s/s  peers: %s  players: %s' \
      "$(demo_field phase "$torrent")" "$(awk -v p="$(demo_field progress "$torrent")" 'BEGIN { print p * 100 }')" \
      "$(demo_mb "$(demo_field downloaded "$torrent")")" "$(demo_mb "$(demo_field downloadRate "$torrent")")" \
      "$(demo_field webrtc "$torrent")" "$(demo_field readers "$torrent")")
    [ "$line" = "$last" ] || printf '  %s  %s\n' "$(date +%T)" "$line"
    last=$line
    # a signal ends a wait at once, and a sleep only when it is over
    sleep 1 &
    wait $!
  done
}

demo() {
  local demo_url tracker seeder base infohash magnet port=0
  demo_folder=$(mktemp -d "${TMPDIR:-/tmp}/sluice-demo.XXXXXX")
  trap demo_end EXIT
  trap 'exit 0' INT TERM
  say 'sluice: starting a tracker, a seeder and a gateway'
  demo_start tracker SLUICE_TRACKER_OPEN=true SLUICE_WEBRTC_ENABLED=false -- --port 0
  demo_await tracker
  tracker=$demo_url
  demo_start seeder SLUICE_TRACKER_ENABLED=false SLUICE_TRACKERS="ws${tracker#http}/announce" -- --port 0 "$root/demo/clip.mp4"
  demo_await seeder
  seeder=$demo_url
  infohash=$(demo_infohash "$seeder")
  ! port_is_free 8080 || port=8080
  demo_start gateway -- --port "$port"
  demo_await gateway
  base=$demo_url
  magnet="magnet:?xt=urn:btih:$infohash&dn=clip.mp4&tr=ws${tracker#http}/announce"
  demo_api -o /dev/null -H 'Content-Type: application/json' -d "{\"magnet\":\"$magnet\"}" "$base/api/v1/torrents" \
    || die 'the gateway did not take the magnet link'
  demo_introduce "$base" "$infohash" "$magnet" "$tracker" "$seeder"
  demo_watch "$base/api/v1/torrents/$infohash"
}
