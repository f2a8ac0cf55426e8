#!/usr/bin/python3
"""libtorrent (Debian's python3-libtorrent), seeding or fetching one torrent over TCP on loopback; nothing is announced
to the outside. Debian's binding belongs to Debian's Python: run it with /usr/bin/python3.

  lt.py --torrent FILE|--magnet LINK --folder FOLDER [--seed] [--port N] [--upload-limit BYTES_PER_SECOND] [--encryption off|on|rc4|forced] [--tracker URL] [--peer HOST:PORT]
        [--dht [HOST:PORT]] [--lsd] [--no-pex] [--listen ADDRESS]

--dht runs a DHT node on the UDP port of the same number, which joins through the given node or waits for others. --lsd multicasts.
--no-pex neither tells peers of one another nor hears of any (BEP 11): it dials those it was given only.

Encryption: off speaks in the open only; on speaks both and chooses the open stream; rc4 speaks both and chooses RC4; forced
speaks RC4 only. The protocol is that of the Node scripts beside this: one JSON object a line, {"ready":true,"port":…,"infoHash":…}
when it can be used, {"done":true,…} when the torrent is whole, {"error":…} when something is wrong.
Commands: {"cmd":"stat"} answers {"stat":true,"peers":[{address, client, encryption}],…}; {"cmd":"connect","peer":"HOST:PORT"} dials."""
import argparse
import json
import os
import signal
import sys
import threading
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import libtorrent as lt
except ImportError as missing:
    say(error="python3-libtorrent is missing: run ./sluice test (%s)" % missing)
    sys.exit(1)

parser = argparse.ArgumentParser()
parser.add_argument("--torrent", default="")
parser.add_argument("--magnet", default="")
parser.add_argument("--folder", required=True)
parser.add_argument("--seed", action="store_true")
parser.add_argument("--encryption", default="on", choices=["off", "on", "rc4", "forced"])
parser.add_argument("--tracker", action="append", default=[])
parser.add_argument("--peer", action="append", default=[])
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--upload-limit", type=int, default=-1)
parser.add_argument("--dht", nargs="?", const="")
parser.add_argument("--lsd", action="store_true")
parser.add_argument("--no-pex", action="store_true")
parser.add_argument("--listen", default="127.0.0.1")
args = parser.parse_args()

FORCED, ENABLED, DISABLED = 0, 1, 2
OPEN_STREAM, RC4_STREAM = 1, 2
policy = {"off": DISABLED, "on": ENABLED, "rc4": ENABLED, "forced": FORCED}[args.encryption]
session = lt.session({
    "listen_interfaces": "%s:%d" % (args.listen, args.port),
    # Many nodes of one address are the rule on loopback, and the exception elsewhere.
    "enable_dht": args.dht is not None, "dht_bootstrap_nodes": args.dht or "", "dht_announce_interval": 15,
    "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False, "dht_prefer_verified_node_ids": False,
    "enable_lsd": args.lsd, "enable_upnp": False, "enable_natpmp": False,
    "enable_incoming_utp": False, "enable_outgoing_utp": False,
    "in_enc_policy": policy, "out_enc_policy": policy,
    "allowed_enc_level": RC4_STREAM if args.encryption == "forced" else OPEN_STREAM | RC4_STREAM,
    "prefer_rc4": args.encryption in ("rc4", "forced"),
    "allow_multiple_connections_per_ip": True, "connections_limit": 200, "unchoke_slots_limit": -1,
    "announce_to_all_trackers": True, "alert_mask": 0,
    "close_redundant_connections": False,  # a seed stays with a seed, to be asked about it
})
if args.torrent:
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(args.torrent)
else:
    params = lt.parse_magnet_uri(args.magnet)
params.save_path = args.folder
params.trackers = params.trackers + args.tracker
params.flags &= ~lt.torrent_flags.auto_managed
params.flags &= ~lt.torrent_flags.paused
if args.seed:
    params.flags |= lt.torrent_flags.seed_mode
if args.no_pex:
    params.flags |= lt.torrent_flags.disable_pex
torrent = session.add_torrent(params)
torrent.set_upload_limit(args.upload_limit)


def connect(peer):
    host, port = peer.rsplit(":", 1)
    torrent.connect_peer((host, int(port)))


def encryption(peer):
    if peer.flags & lt.peer_info.rc4_encrypted:
        return "stream"
    return "handshake" if peer.flags & lt.peer_info.plaintext_encrypted else "none"


def stat():
    status = torrent.status()
    say(stat=True, progress=status.progress, uploaded=status.total_payload_upload, downloaded=status.total_payload_download,
        peers=[dict(address="%s:%d" % peer.ip, client=str(peer.client), encryption=encryption(peer))
               for peer in torrent.get_peer_info()
               if not peer.flags & (lt.peer_info.connecting | lt.peer_info.handshake)])


ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())


def commands():
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "connect":
            connect(command["peer"])
        else:
            stat()
    ended.set()


deadline = time.monotonic() + 30
checking = (lt.torrent_status.states.checking_resume_data, lt.torrent_status.states.checking_files)
# Until it has looked at what it has, it sends those away that dial it.
while not session.listen_port() or torrent.status().state in checking:
    if time.monotonic() > deadline:
        say(error="no port to listen on, or the files are still being checked")
        sys.exit(1)
    time.sleep(0.02)
say(ready=True, port=session.listen_port(), infoHash=str(torrent.info_hash()), version=lt.__version__)
threading.Thread(target=commands, daemon=True).start()
for each in args.peer:
    connect(each)
told = args.seed
while not ended.wait(0.02):
    if not told and torrent.status().is_seeding:
        told = True
        say(done=True, bytes=torrent.status().total_wanted_done)
sys.stdout.flush()
os._exit(0)  # libtorrent's own farewell takes seconds
