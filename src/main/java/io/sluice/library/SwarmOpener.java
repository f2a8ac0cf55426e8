package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Lets the peers of a torrent find us for as long as it is known, and runs its session while
 * somebody needs it.
 *
 * <p>Safe for any thread.
 */
public interface SwarmOpener {

  /** A torrent's place among its peers: announces, searches, and the door for who connects. */
  interface Presence {

    /** The torrent names trackers and peers that it may not have named before. */
    void changed(TorrentSource now);

    /** It is known now what the torrent is. */
    void known(TorrentSummary summary);

    /** Leaves; nothing is delivered any more. */
    void close();
  }

  /** A swarm that runs. */
  interface Session {

    Swarm swarm();

    /** The torrent names web seeds that it may not have named before. */
    void changed(TorrentSource now);

    /** What the torrent says has come from elsewhere than its peers; may block. */
    default void know(TorrentInfo info) {}

    /** Whether all pieces are to be fetched and held. */
    void keepWhole(boolean on);

    /** Ends it; completes when nothing of it is left. */
    CompletableFuture<Void> close();
  }

  /**
   * Makes a torrent present; who comes is handed to its swarm, asleep or not.
   *
   * @param source what the torrent is found by; nothing keeps its metadata
   */
  Presence open(TorrentSource source, boolean privateTorrent, OnDemandSwarm swarm);

  /**
   * Starts a session, on a thread that may block.
   *
   * @param source with the metadata and the files, as far as they are known
   * @param metadataKnown hears once when the metadata was not known and has come from peers
   */
  Session start(TorrentSource source, Consumer<TorrentInfo> metadataKnown);
}
