package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceKey;
import io.sluice.cache.PieceStore;
import io.sluice.swarm.Event.Served;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends peers blocks out of the store. Invariant: a piece is referenced here only while one of its
 * blocks is handed to a link.
 *
 * <p>Confined to the session's thread; the store answers by mail.
 */
final class BlockServer {

  private final InfoHash infoHash;
  private final PieceStore store;
  private final RetainedPieces retained;
  private final Mailbox mailbox;
  private final Map<Integer, List<CompletableFuture<Piece>>> loading = new HashMap<>();

  BlockServer(InfoHash infoHash, PieceStore store, RetainedPieces retained, Mailbox mailbox) {
    this.infoHash = infoHash;
    this.store = store;
    this.retained = retained;
    this.mailbox = mailbox;
  }

  /** Serves a block now, or begins to load its piece and answers nothing yet. */
  Optional<Event> serve(Effect.Serve serve, PeerLink link) {
    if (!link.writable()) {
      return served(serve.peer(), serve.request(), Served.Outcome.BUSY, link);
    }
    PieceKey key = new PieceKey(infoHash, serve.request().piece());
    Optional<Piece> here = retained.find(key.piece()).or(() -> store.find(key));
    if (here.isPresent()) {
      return send(serve.peer(), serve.request(), here.get(), link);
    }
    CompletableFuture<Piece> loads = store.await(key);
    loading.computeIfAbsent(key.piece(), _ -> new ArrayList<>()).add(loads);
    var _ = loads.whenComplete((piece, _) -> deliver(serve, piece));
    return Optional.empty();
  }

  private void deliver(Effect.Serve serve, @Nullable Piece piece) {
    if (!mailbox.post(new Mail.Loaded(serve.peer(), serve.request(), piece)) && piece != null) {
      piece.release();
    }
  }

  /** A piece was loaded for a peer, which may have left meanwhile. */
  Optional<Event> loaded(Mail.Loaded loaded, @Nullable PeerLink link) {
    List<CompletableFuture<Piece>> loads = loading.get(loaded.request().piece());
    if (loads != null) {
      loads.removeIf(CompletableFuture::isDone);
      if (loads.isEmpty()) {
        loading.remove(loaded.request().piece());
      }
    }
    Piece piece = loaded.piece();
    if (link == null) {
      if (piece != null) {
        piece.release();
      }
      return Optional.empty();
    }
    return piece == null
        ? served(loaded.peer(), loaded.request(), Served.Outcome.GONE, link)
        : send(loaded.peer(), loaded.request(), piece, link);
  }

  private static Optional<Event> send(
      int peer, PeerMessage.Request request, Piece piece, PeerLink link) {
    try {
      link.send(
          new PeerMessage.Block(
              request.piece(), request.begin(), piece.slice(request.begin(), request.length())));
    } finally {
      piece.release();
    }
    return served(peer, request, Served.Outcome.SENT, link);
  }

  private static Optional<Event> served(
      int peer, PeerMessage.Request request, Served.Outcome outcome, PeerLink link) {
    return Optional.of(new Served(peer, request, outcome, link.writable()));
  }

  /** A piece is gone from the store: it would not be loaded but waited for. */
  void evicted(int piece) {
    List<CompletableFuture<Piece>> loads = loading.remove(piece);
    if (loads != null) {
      loads.forEach(each -> each.cancel(false));
    }
  }

  void close() {
    loading.values().forEach(loads -> loads.forEach(each -> each.cancel(false)));
    loading.clear();
  }
}
