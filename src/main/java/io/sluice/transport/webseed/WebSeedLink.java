package io.sluice.transport.webseed;

import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.LinkInbox;
import io.sluice.transport.PeerLink;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.Handshake;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.Sha1;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A web seed (BEP 19) as a peer that has all pieces, chokes nobody and wants nothing. Requests that
 * lie side by side become one range; a file that the server lacks becomes pieces that it does not
 * have (BEP 54); anything else that goes wrong ends the link.
 *
 * <p>Connects to nobody before the first request. State is confined to the context.
 */
public final class WebSeedLink implements PeerLink, RunFetch.Owner {

  /** The id under which we tell that a piece is missing when nothing else was agreed. */
  private static final int NOT_AGREED = 0;

  private final FileGet.Surroundings around;
  private final TorrentInfo info;
  private final WebSeedUrl url;
  private final Consumer<WebSeedEnd> onEnd;
  private final Handshake handshake;
  private final LinkInbox inbox;
  private final RequestQueue queue;
  private final List<RunFetch> running = new ArrayList<>();
  private final BitSet lackedFiles = new BitSet();
  private final BitSet lackedPieces = new BitSet();
  private int dontHaveId = NOT_AGREED;
  private boolean ended;
  private volatile boolean delivered;

  WebSeedLink(
      FileGet.Surroundings around, TorrentInfo info, WebSeedUrl url, Consumer<WebSeedEnd> onEnd) {
    this.around = around;
    this.info = info;
    this.url = url;
    this.onEnd = onEnd;
    handshake = new Handshake(info.infoHash(), idOf(url), true, true, false);
    inbox =
        new LinkInbox(
            around.limits().inboxBytes(), _ -> onContext(() -> end(again("a fault of ours"))));
    queue = new RequestQueue(info.geometry(), around.limits().waitingRequests());
  }

  /** The same for the same URL, so that a server that was banned stays so. */
  private static PeerId idOf(WebSeedUrl url) {
    return PeerId.of(Sha1.of(url.base().toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Kind kind() {
    return Kind.WEB_SEED;
  }

  @Override
  public Handshake remote() {
    return handshake;
  }

  @Override
  public boolean initiatedHere() {
    return true;
  }

  @Override
  public String address() {
    return url.base().getAuthority();
  }

  /** Whether it has given a block. */
  public boolean delivered() {
    return delivered;
  }

  @Override
  public void start(Listener listener) {
    ExtendedHandshake greeting =
        new ExtendedHandshake(
            Map.of(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.of("web seed"),
            OptionalInt.of(around.limits().waitingRequests()));
    tell(new PeerMessage.HaveAll());
    tell(new PeerMessage.Extended(0, ExtensionCodec.encode(greeting)));
    tell(new PeerMessage.Unchoke());
    inbox.start(listener);
  }

  @Override
  public boolean send(PeerMessage message) {
    if (inbox.isClosed()) {
      return false;
    }
    switch (message) {
      case PeerMessage.Request request -> onContext(() -> asked(request));
      case PeerMessage.Cancel(int piece, int begin, int length) ->
          onContext(() -> cancelled(new PeerMessage.Request(piece, begin, length)));
      case PeerMessage.Extended(int id, ByteBuffer payload) when id == 0 ->
          onContext(() -> greeted(payload));
      case PeerMessage.KeepAlive alive -> tell(alive);
      case PeerMessage.Extended _,
          PeerMessage.Choke _,
          PeerMessage.Unchoke _,
          PeerMessage.Interested _,
          PeerMessage.NotInterested _,
          PeerMessage.Have _,
          PeerMessage.HaveAll _,
          PeerMessage.HaveNone _,
          PeerMessage.Bitfield _,
          PeerMessage.Block _,
          PeerMessage.Port _,
          PeerMessage.SuggestPiece _,
          PeerMessage.RejectRequest _,
          PeerMessage.AllowedFast _,
          PeerMessage.Unknown _ -> {
        // It wants nothing and shares nothing.
      }
    }
    return true;
  }

  /** Requests come in bursts; what belongs together is not torn apart by the first of them. */
  @Override
  public void flush() {
    onContext(this::pump);
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void close(String reason) {
    onContext(() -> end(again(reason)));
  }

  // ---- on the context ------------------------------------------------------------------------

  private void onContext(Runnable task) {
    around.context().runOnContext(_ -> task.run());
  }

  private void asked(PeerMessage.Request request) {
    if (ended) {
      return;
    }
    if (lackedPieces.get(request.piece()) || !queue.add(request)) {
      reject(request);
    }
  }

  private void cancelled(PeerMessage.Request request) {
    if (ended) {
      return;
    }
    if (queue.remove(request)) {
      reject(request);
      return;
    }
    for (RunFetch fetch : List.copyOf(running)) {
      if (fetch.cancel(request)) {
        reject(request);
        if (fetch.open().isEmpty()) {
          running.remove(fetch);
          fetch.abort();
          pump();
        }
        return;
      }
    }
  }

  private void greeted(ByteBuffer payload) {
    try {
      dontHaveId =
          ExtensionCodec.decodeHandshake(payload)
              .ids()
              .getOrDefault(ExtendedHandshake.LT_DONTHAVE, NOT_AGREED);
    } catch (WireException ours) {
      throw new AssertionError("our own greeting is well-formed", ours);
    }
  }

  private void pump() {
    while (!ended && running.size() < around.limits().connections()) {
      Optional<BlockRun> run = queue.take(around.limits().rangeBytes(), this::isWorthAsking);
      if (run.isEmpty()) {
        return;
      }
      RunFetch fetch = new RunFetch(around, info, url, run.get(), this);
      running.add(fetch);
      fetch.start();
    }
  }

  /**
   * Whether a run is asked for now: not while it is short and what lies right before it keeps its
   * connection busy, for then it will be longer soon.
   */
  private boolean isWorthAsking(BlockRun run) {
    int small = around.limits().smallBytes();
    return run.bytes() >= small
        || running.stream()
            .noneMatch(each -> each.run().end() == run.offset() && each.bytesLeft() > small / 2);
  }

  @Override
  public void block(RunFetch fetch, PeerMessage.Block block) {
    if (ended) {
      return;
    }
    delivered = true;
    if (!inbox.message(block, block.bytes().remaining())) {
      end(again("more came than could be taken"));
    } else if (!queue.isEmpty() && fetch.bytesLeft() <= around.limits().smallBytes() / 2) {
      pump();
    }
  }

  @Override
  public void ended(RunFetch fetch, GetOutcome outcome, FileRange at) {
    if (ended || !running.remove(fetch)) {
      return;
    }
    switch (outcome) {
      case GetOutcome.Complete() -> {}
      case GetOutcome.NoSuchFile(String reason) -> {
        lacks(at.file(), reason);
        if (!ended) {
          fetch.open().forEach(this::askAnew);
        }
      }
      case GetOutcome.Busy(Duration pause, String reason) ->
          end(new WebSeedEnd.TryAgain(pause, reason));
      case GetOutcome.Failed(String reason) -> end(again(reason));
      case GetOutcome.Unusable(String reason) -> end(new WebSeedEnd.Hopeless(reason));
    }
    pump();
  }

  /** The part of a run that has nothing to do with a missing file is asked for again. */
  private void askAnew(PeerMessage.Request request) {
    if (lackedPieces.get(request.piece()) || !queue.add(request)) {
      reject(request);
    }
  }

  private void lacks(TorrentFile file, String reason) {
    lackedFiles.set(file.index());
    boolean nothingLeft =
        info.files().stream()
            .filter(each -> !each.pad() && each.length() > 0)
            .allMatch(each -> lackedFiles.get(each.index()));
    if (nothingLeft) {
      end(new WebSeedEnd.Hopeless(reason));
      return;
    }
    info.piecesOf(file)
        .ifPresent(
            pieces -> {
              for (int piece = pieces.first(); piece <= pieces.last(); piece++) {
                lacks(piece);
              }
            });
    queue.clear().forEach(this::askAnew);
  }

  private void lacks(int piece) {
    if (!lackedPieces.get(piece)) {
      lackedPieces.set(piece);
      if (dontHaveId != NOT_AGREED) {
        tell(new PeerMessage.Extended(dontHaveId, ExtensionCodec.encodeDontHave(piece)));
      }
    }
  }

  private void reject(PeerMessage.Request request) {
    tell(new PeerMessage.RejectRequest(request.piece(), request.begin(), request.length()));
  }

  private void tell(PeerMessage message) {
    var _ = inbox.message(message, 0);
  }

  private static WebSeedEnd again(@Nullable String reason) {
    return new WebSeedEnd.TryAgain(Duration.ZERO, String.valueOf(reason));
  }

  private void end(WebSeedEnd end) {
    if (ended) {
      return;
    }
    ended = true;
    List<RunFetch> open = List.copyOf(running);
    running.clear();
    var _ = queue.clear();
    open.forEach(RunFetch::abort);
    var _ = inbox.closed(end.reason());
    onEnd.accept(end);
  }
}
