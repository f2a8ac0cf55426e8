package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.swarm.RequestBook.Request;
import io.sluice.wire.PeerId;
import java.util.HashSet;
import java.util.Set;

/** What is true of a {@link SwarmCore} after every step, whatever happened. */
final class Invariants {

  private final SwarmLimits limits;
  private final PeerTable peers;

  private Invariants(SwarmCore core, SwarmLimits limits) {
    this.limits = limits;
    peers = core.peerTable();
  }

  static void check(SwarmCore core, SwarmLimits limits) {
    Invariants invariants = new Invariants(core, limits);
    invariants.checkPeers();
    core.content().ifPresent(invariants::checkContent);
  }

  private void checkPeers() {
    Set<PeerId> ids = new HashSet<>();
    int slots = 0;
    for (PeerState peer : peers.all()) {
      if (!ids.add(peer.identity().id())) {
        fail("two links to %s", peer.identity().id());
      }
      if (peer.closed) {
        fail("a closed peer is kept");
      }
      if (peer.interested && !peer.choking) {
        slots++;
      }
      if (peer.uploads.waiting() + peer.uploads.serving() > limits.uploadQueue()) {
        fail("a long queue of uploads");
      }
      if (peer.choking && peer.uploads.waiting() > 0) {
        fail("a choked peer waits");
      }
    }
    if (slots > limits.uploadSlots() || peers.count() > limits.maxPeers()) {
      fail("%d slots are taken, %d peers are here", slots, peers.count());
    }
  }

  private void checkContent(Content content) {
    PieceLedger ledger = content.ledger();
    Assemblies assemblies = content.assemblies();
    int inTheMaking = 0;
    int[] wants = new int[ledger.geometry().pieces()];
    for (ReaderWindow window : content.windows().all()) {
      if (window.first() > window.position()
          || window.position() > window.end()
          || window.end() > window.last()) {
        fail("a window out of order");
      }
      for (int piece = window.position(); piece <= window.end(); piece++) {
        wants[piece]++;
      }
      window.asks().forEach(ask -> wants[ask.piece()]++);
      window.edges.stream().forEach(piece -> wants[piece]++);
    }
    for (ReaderWindow window : content.windows().lingering()) {
      for (int piece = window.position(); piece <= window.end(); piece++) {
        wants[piece]++;
      }
      window.edges.stream().forEach(piece -> wants[piece]++);
    }
    checkBridge(content, wants);
    for (int piece = 0; piece < wants.length; piece++) {
      boolean wanted = wants[piece] > 0 || ledger.keepWhole();
      if (ledger.wanted(piece) != wanted) {
        fail("piece %d is wanted by %d", piece, wants[piece]);
      }
      checkPiece(piece, ledger, assemblies);
      if (assemblies.find(piece) != null) {
        inTheMaking++;
      }
    }
    if (inTheMaking != assemblies.count()) {
      fail("%d pieces are in the making, not %d", inTheMaking, assemblies.count());
    }
    if (assemblies.count() > limits.assemblies(ledger.geometry().pieceBytes())) {
      fail("%d pieces are in the making", assemblies.count());
    }
    checkRequests(content);
  }

  private void checkBridge(Content content, int[] wants) {
    Bridge bridge = content.bridge();
    long bytes = 0;
    int fetching = 0;
    for (int piece : bridge.pieces()) {
      bytes += content.ledger().geometry().bytesOf(piece);
      if (bridge.fetches(piece)) {
        fetching++;
        wants[piece]++;
      } else if (!content.ledger().held(piece)) {
        fail("piece %d is kept for others and not here", piece);
      }
    }
    if (bytes != bridge.bytes() || fetching != bridge.fetching()) {
      fail("the bridge has %d bytes in hand and says %d", bytes, bridge.bytes());
    }
    if (bytes > limits.bridge().bytes() && bridge.pieces().size() > 1) {
      fail("the bridge has %d bytes in hand", bytes);
    }
  }

  private static void checkPiece(int piece, PieceLedger ledger, Assemblies assemblies) {
    Assembly assembly = assemblies.find(piece);
    boolean open = ledger.open(piece);
    switch (ledger.state(piece)) {
      case MISSING, WANTED -> {
        if (assembly != null || !open || ledger.held(piece)) {
          fail("absent piece %d", piece);
        }
      }
      case ACTIVE -> {
        if (assembly == null || assembly.missing() == 0 || open != assembly.free() > 0) {
          fail("active piece %d", piece);
        }
      }
      case VERIFYING -> {
        if (assembly == null || assembly.missing() != 0 || open) {
          fail("piece %d that is verified", piece);
        }
      }
      case HELD -> {
        if (assembly != null || open || !ledger.held(piece)) {
          fail("held piece %d", piece);
        }
      }
    }
  }

  private void checkRequests(Content content) {
    Assemblies assemblies = content.assemblies();
    int expected = 0;
    for (PeerState peer : peers.all()) {
      int waiting = 0;
      int late = 0;
      for (Request request : peer.requests.live()) {
        switch (request.state()) {
          case WAITING -> {
            waiting++;
            Assembly assembly = assemblies.find(request.piece);
            if (assembly == null || assembly.has(request.block)) {
              fail("a request for a block that is not needed");
            }
            if (!content.ledger().wanted(request.piece)) {
              fail("a request for piece %d that nobody wants", request.piece);
            }
          }
          case LATE -> {
            late++;
            if (assemblies.find(request.piece) == null) {
              fail("a late request for nothing");
            }
          }
          case CANCELLED -> {}
        }
      }
      if (waiting != peer.requests.waiting() || late != peer.requests.late()) {
        fail("a book of requests that does not add up");
      }
      if (waiting > Math.min(limits.maxRequests(), Math.max(1, peer.requestQueue))) {
        fail("%d requests to one peer", waiting);
      }
      if (peer.requests.cancelled() > 2 * limits.maxRequests()) {
        fail("%d requests are remembered", peer.requests.cancelled());
      }
      expected += waiting;
    }
    int asked = 0;
    for (Assembly assembly : assemblies.all()) {
      int free = 0;
      for (int block = 0; block < assembly.blocks(); block++) {
        asked += assembly.askedOf(block);
        if (assembly.askedOf(block) > limits.maxAskedOf() || assembly.askedOf(block) < 0) {
          fail("a block is asked of %d", assembly.askedOf(block));
        }
        if (assembly.pendingAt(block) < assembly.askedOf(block)) {
          fail("a block is pending at %d", assembly.pendingAt(block));
        }
        if (assembly.isFree(block)) {
          free++;
        }
      }
      if (free != assembly.free()) {
        fail("%d blocks are free, not %d", free, assembly.free());
      }
    }
    if (asked != expected) {
      fail("%d blocks are asked for, %d requests wait", asked, expected);
    }
  }
}
