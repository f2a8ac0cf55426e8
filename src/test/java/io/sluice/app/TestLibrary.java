package io.sluice.app;

import io.sluice.library.FakeHoldings;
import io.sluice.library.FakeOpener;
import io.sluice.library.Library;
import io.sluice.library.LibraryLimits;
import io.sluice.library.LibraryStore;
import java.time.Clock;

/** A library whose swarms never have a peer. */
final class TestLibrary {

  private TestLibrary() {}

  static Library of(int maxTorrents) {
    return new Library(
        new FakeOpener(),
        LibraryStore.NONE,
        new FakeHoldings(1_000_000_000),
        LibraryLimits.DEFAULT.within(maxTorrents, Long.MAX_VALUE),
        Clock.systemUTC(),
        System::nanoTime);
  }
}
