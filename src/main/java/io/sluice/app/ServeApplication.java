package io.sluice.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.sluice.http.Links;
import io.sluice.library.KnownTorrent;
import jakarta.inject.Inject;

/** The process from the moment that requests are answered: serves what was named, and waits. */
public final class ServeApplication implements QuarkusApplication {

  @Inject Links links;
  @Inject SourceLoader loader;
  @Inject SluiceConfig config;
  @Inject ListenAddress address;

  @Override
  public int run(String... sources) {
    say("Sluice is ready at " + address.url());
    for (String source : sources) {
      // One thread a source: a folder that takes minutes to hash must not hold up a magnet link.
      Thread.ofVirtual().name("sluice-source").start(() -> load(source));
    }
    Quarkus.waitForExit();
    return 0;
  }

  private void load(String text) {
    try {
      KnownTorrent torrent = loader.load(Source.parse(text));
      if (!config.quiet()) {
        say("Serving " + torrent.name());
        say("  page    " + links.page(torrent.infoHash()));
        say("  magnet  " + links.magnet(torrent));
      }
    } catch (Exception failure) {
      Main.complain(text + ": " + failure.getMessage());
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
