package io.sluice.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.sluice.http.Links;
import io.sluice.library.KnownTorrent;
import jakarta.inject.Inject;
import java.io.Console;

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
    SeedProgress progress = new SeedProgress(terminal());
    try {
      KnownTorrent torrent =
          loader.load(
              Source.parse(text),
              job -> {
                if (!config.quiet()) {
                  print(progress.next(job));
                }
              });
      print(progress.end());
      if (!config.quiet()) {
        say("Serving " + torrent.name());
        say("  page    " + links.page(torrent.infoHash()));
        say("  magnet  " + links.magnet(torrent));
        say("  snippet " + snippet(torrent));
      }
    } catch (Exception failure) {
      print(progress.end());
      Main.complain(text + ": " + failure.getMessage());
    }
  }

  @SuppressWarnings(
      "SystemConsoleNull") // It does again since JDK 25, whose console is the old one.
  private static boolean terminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private String snippet(KnownTorrent torrent) {
    return "<script src=\"%s/embed.js\" async></script><sluice-player src=\"%s\"></sluice-player>"
        .formatted(links.base(), torrent.infoHash());
  }

  private static void print(String text) {
    System.out.print(text);
    System.out.flush();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
