package io.sluice.swarm;

import io.sluice.swarm.Bandwidth.Urgency;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what to ask of a peer: first what readers wait for, then what they will read soonest,
 * then, if the torrent is kept whole, what is rarest. Guarantees that nothing is asked for that
 * nobody wants, and that a slow peer is not given a block that a faster one would bring much
 * sooner.
 *
 * <p>Confined to the swarm loop.
 */
final class Picker {

  private static final long SECOND = 1_000_000_000L;
  private static final int NONE = -1;

  /** What a peer of unknown speed is asked for at least, and all such peers together. */
  private static final int TRIAL_REQUESTS = 4;

  private static final int ALL_TRIAL_REQUESTS = 32;

  /** What is asked of a peer at a time that must soon be asked for what a reader waits for. */
  private static final int CROSSING_REQUESTS = 4;

  /** A peer is slow for a block when another would bring it in so much less time. */
  private static final int MUCH_SOONER = 3;

  /** Beside peers that bring so many times as much a peer is given only what is far ahead. */
  private static final int MUCH_FASTER = 2;

  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final Windows windows;
  private final Rarity rarity;
  private final Downloads downloads;
  private final PeerTable peers;
  private final Culprits culprits;
  private final Bridge bridge;
  private final Bandwidth down;
  private final SwarmLimits limits;

  /** As of the last {@link #fillAll}; those come several times a second while anything moves. */
  private long ableBytesPerSecond;

  /** What a peer of unknown speed is asked for. */
  private int trialRequests = ALL_TRIAL_REQUESTS;

  /** Of the piece that was chosen last. */
  private Urgency urgency = Urgency.NOW;

  private Why why = Why.WAITED_FOR;

  /** The time of the fill at hand. */
  private long nowNanos;

  /** Whether a piece may be begun, and one that a reader waits for; null while nobody asked. */
  private @Nullable Boolean mayBegin;

  private @Nullable Boolean mayBeginWaited;

  Picker(
      PieceLedger ledger,
      Assemblies assemblies,
      Windows windows,
      Downloads downloads,
      PeerTable peers,
      Culprits culprits,
      Bridge bridge,
      Bandwidth down,
      SwarmLimits limits,
      RandomGenerator random) {
    this.ledger = ledger;
    this.assemblies = assemblies;
    this.windows = windows;
    this.downloads = downloads;
    this.peers = peers;
    this.culprits = culprits;
    this.bridge = bridge;
    this.down = down;
    this.limits = limits;
    rarity = new Rarity(ledger, assemblies, peers, random);
  }

  /** Asks every peer for what it should be asked; those that answer soonest choose first. */
  void fillAll(long now) {
    lookAnew(now);
    ableBytesPerSecond = ableBytesPerSecond();
    int unchoked = (int) peers.all().stream().filter(peer -> !peer.choked).count();
    trialRequests =
        ableBytesPerSecond > 0
            ? TRIAL_REQUESTS
            : Math.max(TRIAL_REQUESTS, ALL_TRIAL_REQUESTS / Math.max(1, unchoked));
    peers.all().stream()
        .filter(this::mayHaveMore)
        .sorted((a, b) -> Long.compare(a.etaNanos(), b.etaNanos()))
        .toList()
        .forEach(this::fill);
  }

  /** Asks a peer for as much as it should have to answer. */
  void fill(PeerState peer, long now) {
    lookAnew(now);
    fill(peer);
  }

  private void lookAnew(long now) {
    nowNanos = now;
    mayBegin = null;
    mayBeginWaited = null;
  }

  private void fill(PeerState peer) {
    if (!mayHaveMore(peer)) {
      return;
    }
    int room = room(peer);
    long head = headStartBytes(peer, room);
    int pieceBytes = ledger.geometry().pieceBytes();
    for (ReaderWindow window : windows.all()) {
      long start = window.position() + head / pieceBytes;
      window.cursor = (int) Math.min(window.end() + 1L, start);
    }
    boolean slow = head > 0;
    boolean again = slow;
    while (room > 0) {
      int piece = choose(peer, slow && !again, nowNanos);
      if (piece != NONE) {
        room -= take(peer, piece, room, nowNanos);
      } else if (again) {
        // Nothing far ahead is left: what is near it may have if nobody else does.
        again = false;
        windows.all().forEach(window -> window.cursor = window.position());
      } else {
        return;
      }
    }
  }

  /** A deep queue is not topped up for each block, but for an eighth of it at a time. */
  private boolean mayHaveMore(PeerState peer) {
    return !peer.closed
        && (!peer.choked || !peer.allowedFast.isEmpty())
        && room(peer) > peer.requests.waiting() / 8;
  }

  private int room(PeerState peer) {
    int room = peer.room(limits);
    if (!peer.throughput.measured()) {
      room = Math.min(room, trialRequests - peer.requests.waiting());
    }
    return crossing(peer) ? Math.min(room, CROSSING_REQUESTS - peer.requests.waiting()) : room;
  }

  /**
   * Whether a reader waits, or will at once, for a block that the peer cannot be asked for again
   * yet, since a cancel is on its way to it: what is asked of it now would come before that block.
   */
  private boolean crossing(PeerState peer) {
    if (peer.requests.cancelled() == 0) {
      return false;
    }
    for (ReaderWindow window : windows.all()) {
      if (crossing(peer, window.position())
          || window.asks().stream().anyMatch(ask -> crossing(peer, ask.piece()))) {
        return true;
      }
    }
    return false;
  }

  private boolean crossing(PeerState peer, int piece) {
    Assembly assembly = assemblies.find(piece);
    if (assembly == null || !ledger.open(piece) || !peer.mayAsk(piece)) {
      return false;
    }
    int block = assembly.nextFree(0);
    while (block >= 0 && peer.requests.askable(piece, block, nowNanos)) {
      block = assembly.nextFree(block + 1);
    }
    return block >= 0;
  }

  /** What all peers that answer can bring together. */
  private long ableBytesPerSecond() {
    long sum = 0;
    for (PeerState peer : peers.all()) {
      if (able(peer)) {
        sum += peer.throughput.bytesPerSecond();
      }
    }
    return sum;
  }

  /** Whether it answers, and how fast is known; it may have nothing to answer just now. */
  private static boolean able(PeerState peer) {
    return !peer.choked && !peer.snubbed && peer.throughput.measured();
  }

  /**
   * What the others will have brought by the time this peer brings all that it may be asked for.
   */
  private long headStartBytes(PeerState peer, int room) {
    long others = ableBytesPerSecond - (able(peer) ? peer.throughput.bytesPerSecond() : 0);
    if (others < MUCH_FASTER * peer.throughput.bytesPerSecond()) {
      return 0;
    }
    int queued = peer.requests.waiting() + peer.requests.late() + room;
    return (long) ((double) others * peer.throughput.etaNanos(queued) / SECOND);
  }

  private int choose(PeerState peer, boolean lastResort, long nowNanos) {
    urgency = Urgency.NOW;
    why = Why.WAITED_FOR;
    int asked = down.open(urgency) ? chooseAsked(peer) : NONE;
    if (asked != NONE) {
      return asked;
    }
    urgency = Urgency.SOON;
    if (!down.open(urgency)) {
      return NONE;
    }
    int ahead = chooseAhead(peer, lastResort);
    if (ahead != NONE) {
      return ahead;
    }
    urgency = Urgency.WHENEVER;
    if (!down.open(urgency)) {
      return NONE;
    }
    int carried = bridge.choose(peer, piece -> fits(peer, piece, false));
    why = carried != NONE ? Why.CARRIED : Why.RAREST;
    return carried != NONE || !ledger.keepWhole()
        ? carried
        : rarity.choose(peer, nowNanos, mayBegin(false), piece -> fits(peer, piece, false));
  }

  /** Of the pieces that readers wait for, the one that is waited for longest. */
  private int chooseAsked(PeerState peer) {
    ReaderWindow.Ask best = null;
    for (ReaderWindow window : windows.all()) {
      for (ReaderWindow.Ask ask : window.asks()) {
        if (ledger.open(ask.piece())
            && (best == null || ask.sinceNanos() < best.sinceNanos())
            && fits(peer, ask.piece(), true)
            && !somebodySooner(peer, ask.piece())) {
          best = ask;
        }
      }
    }
    return best == null ? NONE : best.piece();
  }

  /** Of the pieces in windows and at their edges, the one that its reader comes to first. */
  private int chooseAhead(PeerState peer, boolean lastResort) {
    int best = NONE;
    long least = Long.MAX_VALUE;
    int pieceBytes = ledger.geometry().pieceBytes();
    for (ReaderWindow window : windows.all()) {
      int critical = windows.criticalPieces(window);
      int piece = nextIn(window, peer, critical, lastResort);
      if (piece != NONE && window.dueNanos(piece, pieceBytes) < least) {
        least = window.dueNanos(piece, pieceBytes);
        best = piece;
        why = piece - window.position() < critical ? Why.SOON : Why.AHEAD;
      }
      int edge = lastResort ? NONE : nextAtEdges(window, peer);
      if (edge != NONE && window.edgesDueNanos - nowNanos < least) {
        least = window.edgesDueNanos - nowNanos;
        best = edge;
        why = Why.EDGE;
      }
    }
    return best;
  }

  private int nextIn(ReaderWindow window, PeerState peer, int critical, boolean lastResort) {
    int piece = ledger.nextOpen(window.cursor);
    while (piece >= 0 && piece <= window.end()) {
      boolean near = piece - window.position() < critical;
      if (fits(peer, piece, false)
          && !(near && somebodySooner(peer, piece))
          && !(lastResort && somebodyFaster(peer, piece))) {
        window.cursor = piece;
        return piece;
      }
      piece = ledger.nextOpen(piece + 1);
    }
    window.cursor = window.end() + 1;
    return NONE;
  }

  private int nextAtEdges(ReaderWindow window, PeerState peer) {
    for (int piece = window.edges.nextSetBit(0);
        piece >= 0;
        piece = window.edges.nextSetBit(piece + 1)) {
      if (ledger.open(piece) && fits(peer, piece, false) && !somebodySooner(peer, piece)) {
        return piece;
      }
    }
    return NONE;
  }

  /**
   * Whether a piece may be begun, if need be in place of another. To know takes a look at all
   * pieces in the making, so it is found out once and then kept until one is begun.
   */
  private boolean mayBegin(boolean waitedFor) {
    Boolean known = waitedFor ? mayBeginWaited : mayBegin;
    if (known == null) {
      known = assemblies.room() || victim(waitedFor) != null;
      if (waitedFor) {
        mayBeginWaited = known;
      } else {
        mayBegin = known;
      }
    }
    return known;
  }

  /** Whether a peer may be asked for a block of an open piece now. */
  private boolean fits(PeerState peer, int piece, boolean waitedFor) {
    if (!peer.mayAsk(piece)) {
      return false;
    }
    Assembly assembly = assemblies.find(piece);
    return (assembly == null ? mayBegin(waitedFor) : firstAskable(peer, assembly, 0) >= 0)
        && (!culprits.suspects(piece) || mayHaveAlone(peer, piece, assembly));
  }

  /**
   * Whether a piece that was bad before may be asked of this peer: one at a time has it to itself,
   * and that is the one that would bring what is missing first.
   */
  private boolean mayHaveAlone(PeerState peer, int piece, @Nullable Assembly assembly) {
    if (assembly != null && assembly.asksSomebody()) {
      return assembly.exclusiveTo == Assembly.NOBODY || assembly.exclusiveTo == peer.key();
    }
    int blocks = assembly == null ? ledger.geometry().blocksOf(piece) : assembly.missing();
    long eta = wholeNanos(peer, piece, blocks);
    for (PeerState other : peers.all()) {
      if (other != peer
          && !other.snubbed
          && other.mayAsk(piece)
          && wholeNanos(other, piece, blocks) < eta) {
        return false;
      }
    }
    return true;
  }

  /** When a peer would have given so many blocks of a piece, if it were asked for them now. */
  private long wholeNanos(PeerState peer, int piece, int blocks) {
    int queued = peer.requests.waiting() + peer.requests.late();
    long settled = peer.requests.stillComingNanos(piece, nowNanos);
    return settled + peer.throughput.etaNanos(queued + blocks - 1);
  }

  private int firstAskable(PeerState peer, Assembly assembly, int from) {
    int block = assembly.nextFree(from);
    while (block >= 0 && !peer.requests.askable(assembly.piece(), block, nowNanos)) {
      block = assembly.nextFree(block + 1);
    }
    return block;
  }

  /** Whether another peer that has the piece would bring a block of it much sooner. */
  private boolean somebodySooner(PeerState peer, int piece) {
    long eta = peer.etaNanos();
    for (PeerState other : peers.all()) {
      if (other != peer
          && !other.snubbed
          && other.throughput.measured()
          && other.mayAsk(piece)
          && other.etaNanos() < eta / MUCH_SOONER) {
        return true;
      }
    }
    return false;
  }

  /** Whether a much faster peer has the piece and will get to it. */
  private boolean somebodyFaster(PeerState peer, int piece) {
    if (!peer.throughput.measured()) {
      return false;
    }
    for (PeerState other : peers.all()) {
      if (other != peer
          && able(other)
          && other.mayAsk(piece)
          && other.throughput.bytesPerSecond() > MUCH_FASTER * peer.throughput.bytesPerSecond()) {
        return true;
      }
    }
    return false;
  }

  /** Asks for blocks of one piece, so many at most; returns how many. */
  private int take(PeerState peer, int piece, int most, long nowNanos) {
    if (assemblies.find(piece) == null) {
      makeRoom();
    }
    Assembly assembly = assemblies.begin(piece, nowNanos);
    if (culprits.suspects(piece) && !assembly.asksSomebody()) {
      assembly.exclusiveTo = peer.key();
    }
    int asked = 0;
    int block = firstAskable(peer, assembly, 0);
    while (block >= 0 && asked < most && down.open(urgency)) {
      downloads.ask(peer, assembly, block, why, nowNanos);
      asked++;
      if (bridge.only(piece)) {
        bridge.asked(ledger.geometry().blockBytes(piece, block));
      }
      block = firstAskable(peer, assembly, block + 1);
    }
    return asked;
  }

  private void makeRoom() {
    Assembly victim = assemblies.room() ? null : victim(true);
    if (victim != null) {
      downloads.sacrifice(victim, nowNanos);
    }
    lookAnew(nowNanos);
  }

  /**
   * The piece in the making that is missed least: for one that a reader waits for any that is not
   * waited for, else only one that nobody wants.
   */
  private @Nullable Assembly victim(boolean urgent) {
    Assembly least = null;
    long leastNeed = Long.MAX_VALUE;
    for (Assembly assembly : assemblies.all()) {
      int piece = assembly.piece();
      boolean wanted = ledger.wanted(piece);
      if (!ledger.active(piece) || (wanted && !urgent) || windows.asked(piece)) {
        continue;
      }
      long rank = wanted ? bridge.only(piece) ? 1 : 2 : 0;
      long need = rank * 1_000_000L + assembly.blocks() - assembly.missing();
      if (need < leastNeed) {
        leastNeed = need;
        least = assembly;
      }
    }
    return least;
  }
}
