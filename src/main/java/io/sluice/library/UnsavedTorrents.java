package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the store has to write, and hears of what it has written: torrents that have changed since,
 * and those to be deleted as they are known no more.
 *
 * <p>Safe for any thread.
 */
final class UnsavedTorrents implements LibraryStore.Pending {

  private final Listing torrents;
  private final AwakeTorrents awake;
  private final Set<InfoHash> unsaved = ConcurrentHashMap.newKeySet();

  UnsavedTorrents(Listing torrents, AwakeTorrents awake) {
    this.torrents = torrents;
    this.awake = awake;
  }

  void add(InfoHash infoHash) {
    unsaved.add(infoHash);
  }

  @Override
  public Set<InfoHash> changed() {
    return Collections.unmodifiableSet(unsaved);
  }

  @Override
  public @Nullable KnownTorrent find(InfoHash infoHash) {
    return torrents.find(infoHash);
  }

  @Override
  public void taken(InfoHash infoHash) {
    unsaved.remove(infoHash);
  }

  @Override
  public void notWritten(InfoHash infoHash) {
    unsaved.add(infoHash);
  }

  @Override
  public Collection<KnownTorrent> counting() {
    return awake.all();
  }

  @Override
  public Collection<KnownTorrent> all() {
    return torrents.inOrder();
  }
}
