package io.sluice.app;

import io.sluice.discovery.AnnouncedTorrent;
import io.sluice.discovery.FoundBy;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The announces of one torrent: to the trackers that it names, by tier, and to ours and those of
 * the operator beside them. A private torrent goes to its own trackers and nowhere else (BEP 27),
 * from the moment that it is known to be private.
 *
 * <p>Safe for any thread.
 */
final class Announcements {

  private final TrackerClients clients;
  private final AnnouncedTorrent torrent;
  private final AnnouncedTorrent torrentElsewhere;
  private final OwnTracker ownTracker;
  private final Supplier<List<URI>> operators;

  private final Set<URI> named = new LinkedHashSet<>();
  private final List<TrackerAnnouncement> own = new ArrayList<>();
  private final List<TrackerAnnouncement> added = new ArrayList<>();
  private boolean namesOurs;
  private boolean isPrivate;
  private boolean closed;

  /**
   * @param torrents what is announced, by who it is then that has found a peer
   * @param operators trackers that the operator named for all public torrents
   */
  Announcements(
      TrackerClients clients,
      Function<FoundBy, AnnouncedTorrent> torrents,
      OwnTracker ownTracker,
      Supplier<List<URI>> operators) {
    this.clients = clients;
    torrent = torrents.apply(FoundBy.TRACKER);
    torrentElsewhere = torrents.apply(FoundBy.OUR_TRACKER);
    this.ownTracker = ownTracker;
    this.operators = operators;
  }

  /**
   * Begins, once.
   *
   * @param tiers the trackers that the torrent names
   */
  synchronized void begin(List<List<URI>> tiers, boolean privateTorrent) {
    isPrivate |= privateTorrent;
    announceTo(tiers);
    if (!isPrivate || namesOurs) {
      ownTracker.announce().ifPresent(this::add);
    }
    if (!isPrivate) {
      operators.get().forEach(this::add);
    }
  }

  /** More trackers of the torrent; those of a private one are what it began with. */
  synchronized void more(List<List<URI>> tiers) {
    if (!isPrivate && !closed) {
      announceTo(tiers);
    }
  }

  private void announceTo(List<List<URI>> tiers) {
    List<List<URI>> fresh = new ArrayList<>();
    for (List<URI> tier : tiers) {
      List<URI> freshTier = new ArrayList<>();
      for (URI tracker : tier) {
        if (ownTracker.isNamedBy(tracker)) {
          namesOurs = true;
        } else if (named.add(tracker)) {
          freshTier.add(tracker);
        }
      }
      fresh.add(freshTier);
    }
    own.addAll(clients.announce(fresh, torrent));
  }

  private void add(URI tracker) {
    if (named.add(tracker)) {
      boolean own = namesOurs && ownTracker.isNamedBy(tracker);
      added.add(clients.announce(tracker, own ? torrent : torrentElsewhere));
    }
  }

  /** The metadata came, and says that the torrent is private. */
  synchronized void becomePrivate() {
    isPrivate = true;
    List<TrackerAnnouncement> wrong =
        added.stream().filter(one -> !(namesOurs && ownTracker.isNamedBy(one.tracker()))).toList();
    wrong.forEach(TrackerAnnouncement::close);
    added.removeAll(wrong);
  }

  /** All that run, those of the torrent first. */
  synchronized List<TrackerAnnouncement> running() {
    List<TrackerAnnouncement> all = new ArrayList<>(own);
    all.addAll(added);
    return all;
  }

  synchronized void needsPeers() {
    running().forEach(TrackerAnnouncement::now);
  }

  synchronized void completed() {
    running().forEach(TrackerAnnouncement::completed);
  }

  synchronized void close() {
    closed = true;
    running().forEach(TrackerAnnouncement::close);
  }
}
