#!/usr/bin/env bash
# A private network for one test: a namespace with loopback and one veth pair whose two ends both stay inside, so that nothing can
# leave it. WebRTC never uses loopback, so the peers meet on the veth address, 10.77.0.1. Needs root.
#   netns.sh up NAME              makes it
#   netns.sh exec NAME CMD...     becomes CMD inside it (same process id, so that signals reach it)
#   netns.sh down NAME            removes it
#   netns.sh sweep                removes those whose owner (sluice-PID-N) is gone
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

down() {
  ip netns del "$1" 2>/dev/null || true
  rm -rf "/etc/netns/${1:?}"
}

case ${1:-} in
  up)
    # names are refused at once (nothing listens there) instead of waiting for a server that cannot be reached
    mkdir -p "/etc/netns/$2"
    printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"/etc/netns/$2/resolv.conf"
    ip netns add "$2"
    ip -n "$2" link set lo up
    ip -n "$2" link add veth0 type veth peer name veth1
    ip -n "$2" addr add 10.77.0.1/24 dev veth0
    ip -n "$2" link set veth0 up
    ip -n "$2" link set veth1 up
    # "which address would I use" must have an answer; what is sent there ends at veth1
    ip -n "$2" route add default dev veth0
    ;;
  exec)
    name=$2
    shift 2
    exec ip netns exec "$name" "$@"
    ;;
  down) down "$2" ;;
  sweep)
    for name in $(ip netns list | awk '$1 ~ /^sluice-[0-9]+-[0-9]+$/ { print $1 }'); do
      owner=${name#sluice-}
      [ -d "/proc/${owner%-*}" ] || down "$name"
    done
    ;;
  *)
    echo 'netns.sh up|exec|down NAME, netns.sh sweep' >&2
    exit 2
    ;;
esac
