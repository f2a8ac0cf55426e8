package io.sluice.app;

import io.sluice.library.Library;
import io.sluice.library.SwarmOpener;
import java.time.Clock;

/** A library whose swarms never have a peer. */
final class TestLibrary {

  private TestLibrary() {}

  static Library of(int maxTorrents) {
    return new Library(
        _ -> new SwarmOpener.OpenSwarm(new FakeSwarm(), _ -> {}, () -> {}),
        maxTorrents,
        Clock.systemUTC());
  }
}
