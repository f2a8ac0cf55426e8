package io.sluice.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Other people's clients that fetch what a magnet link names over TCP, and find peers by its
 * tracker only.
 */
enum TcpClient {
  ARIA2 {
    @Override
    List<String> command(String magnet, Path out, Path settings) {
      return List.of(
          "aria2c",
          "--enable-dht=false",
          "--enable-dht6=false",
          "--bt-enable-lpd=false",
          "--enable-peer-exchange=false",
          "--no-conf=true",
          "--seed-time=0",
          "--file-allocation=none",
          "--dir=" + out.toAbsolutePath(),
          magnet);
    }
  },
  TRANSMISSION {
    @Override
    List<String> command(String magnet, Path out, Path settings) {
      try {
        Files.writeString(
            settings.resolve("settings.json"),
            """
            {"dht-enabled": false, "lpd-enabled": false, "pex-enabled": false,
             "utp-enabled": false, "port-forwarding-enabled": false, "encryption": 1}
            """);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      return List.of(
          "transmission-cli",
          "--no-portmap",
          "--config-dir",
          settings.toAbsolutePath().toString(),
          "--download-dir",
          out.toAbsolutePath().toString(),
          magnet);
    }
  },
  LIBTORRENT {
    @Override
    List<String> command(String magnet, Path out, Path settings) {
      return List.of(
          "/usr/bin/python3",
          Peers.FOLDER.resolve("lt.py").toAbsolutePath().toString(),
          "--magnet",
          magnet,
          "--folder",
          out.toAbsolutePath().toString());
    }
  };

  /**
   * @param settings an empty folder for what it wants to read and remember
   */
  abstract List<String> command(String magnet, Path out, Path settings);

  /** Starts it; what it fetches goes to a folder. */
  ChildProcess start(Place place, String magnet, Path out, Path settings) {
    List<String> command = new ArrayList<>(command(magnet, out, settings));
    return ChildProcess.start(
        name().toLowerCase(java.util.Locale.ROOT), Path.of("."), place.within(command), Map.of());
  }
}
