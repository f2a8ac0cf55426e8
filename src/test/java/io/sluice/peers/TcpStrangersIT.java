package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands connect to a gateway and are no peers; a peer comes among them and after them. */
final class TcpStrangersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 8 * Media.MIB;
  private static final int STRANGERS = 5_000;
  private static final int AT_ONCE = 1_250;
  private static final long MOST_HEAP_KIB = 4 * 1024;
  private static final long MOST_RESIDENT_KIB = 48 * 1024;
  private static final Pattern HEAP = Pattern.compile("used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  @Test
  void fiveThousandLeaveNothingBehind(@TempDir Path out) throws Exception {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 34));
    try (GatewayProcess gateway =
        GatewayProcess.in(Place.HOST).overTcpOnly().serve(torrent.content().toString())) {
      gateway.awaitFirstTorrent(LIMIT);
      int port = gateway.tcpPort();
      // Once before it is measured: classes are loaded and pools are filled by the first ones.
      int refused = visit(port, torrent, 0);
      assertPeerIsServed(torrent, port, out.resolve("before"));
      Footprint before = Footprint.of(gateway.pid());

      int visits = 0;
      for (int first = 0; first < STRANGERS; first += AT_ONCE) {
        refused += visit(port, torrent, first);
        visits += AT_ONCE;
      }
      assertThat(visits).isEqualTo(STRANGERS);
      assertThat(refused).as("some were turned away for a bound").isPositive();

      assertPeerIsServed(torrent, port, out.resolve("after"));
      Awaitility.await("sockets and threads are given back")
          .atMost(LIMIT)
          .until(
              () -> {
                Footprint now = Footprint.of(gateway.pid());
                return now.sockets() <= before.sockets() + 2
                    && now.peerThreads() <= before.peerThreads() + 2;
              });
      Footprint after = Footprint.of(gateway.pid());
      System.out.printf("before %d strangers %s, after them %s%n", STRANGERS, before, after);
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 4);
      assertThat(after.heapKib()).isLessThan(before.heapKib() + MOST_HEAP_KIB);
      assertThat(after.residentKib()).isLessThan(before.residentKib() + MOST_RESIDENT_KIB);
      gateway.stopCleanly();
    }
  }

  private static void assertPeerIsServed(SharedTorrent torrent, int port, Path out)
      throws IOException {
    Files.createDirectories(out);
    try (LibtorrentPeer peer =
        LibtorrentPeer.start(
            Place.HOST, torrent.torrentFile(), out, "--peer", "127.0.0.1:" + port)) {
      peer.awaitDone(LIMIT);
    }
    assertThat(Media.hashes(out.resolve(torrent.content().getFileName())))
        .isEqualTo(Media.hashes(torrent.content()));
  }

  /** Many at once, from many addresses, who stay until they are turned away; how many were. */
  private static int visit(int port, SharedTorrent torrent, int first) throws IOException {
    List<Socket> strangers = new ArrayList<>();
    int refused = 0;
    try {
      for (int i = 0; i < AT_ONCE; i++) {
        Socket stranger = new Socket();
        strangers.add(stranger);
        stranger.setSoTimeout((int) LIMIT.toMillis());
        try {
          // All of 127/8 is loopback.
          InetAddress from = InetAddress.ofLiteral("127.0.1." + (1 + (first + i) % 250));
          stranger.bind(new InetSocketAddress(from, 0));
          stranger.connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              (int) LIMIT.toMillis());
          stranger.getOutputStream().write(opening(first + i, torrent));
        } catch (IOException turnedAway) {
          refused++;
        }
      }
      for (Socket stranger : strangers) {
        refused += awaitEnd(stranger) ? 0 : 1;
      }
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    return refused;
  }

  /** Whether it was let in: heard at least, or closed without a reset. */
  private static boolean awaitEnd(Socket stranger) {
    try {
      InputStream in = stranger.getInputStream();
      byte[] heard = new byte[1024];
      while (in.read(heard) >= 0) {
        // Until it ends.
      }
      return true;
    } catch (SocketTimeoutException stillThere) {
      throw new AssertionError("a stranger is still connected", stillThere);
    } catch (IOException reset) {
      return false;
    }
  }

  /** Nothing, half a handshake, one for another torrent, or something else altogether. */
  private static byte[] opening(int kind, SharedTorrent torrent) {
    byte[] handshake = new byte[68];
    byte[] name = "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, handshake, 0, name.length);
    System.arraycopy(HexFormat.of().parseHex(torrent.infohash()), 0, handshake, 28, 20);
    return switch (kind % 8) {
      case 0, 1 -> new byte[0];
      case 2 -> Arrays.copyOf(handshake, 5);
      case 3 -> Arrays.copyOf(handshake, 60);
      case 4 -> {
        handshake[28] ^= 1;
        yield handshake;
      }
      case 5 -> "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      case 6 -> random(kind, 96);
      default -> random(kind, 3_000);
    };
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /**
   * What a process holds of the things that a leak would show in.
   *
   * @param threads of the system
   * @param peerThreads virtual ones that serve peers over TCP
   * @param heapKib in use after a collection
   */
  private record Footprint(
      long threads, long peerThreads, long sockets, long heapKib, long residentKib) {

    static Footprint of(long pid) throws IOException {
      jcmd(pid, "GC.run");
      Path proc = Path.of("/proc", String.valueOf(pid));
      return new Footprint(
          count(proc.resolve("task"), _ -> true),
          virtualThreads(pid),
          count(proc.resolve("fd"), Footprint::isSocket),
          number(HEAP, jcmd(pid, "GC.heap_info")),
          number(RESIDENT, Files.readString(proc.resolve("status"))));
    }

    private static long virtualThreads(long pid) throws IOException {
      Path dump = Path.of("target", "test-data", "threads-" + pid + ".txt").toAbsolutePath();
      Files.createDirectories(dump.resolveSibling(""));
      Files.deleteIfExists(dump);
      jcmd(pid, "Thread.dump_to_file", dump.toString());
      try (Stream<String> lines = Files.lines(dump)) {
        return lines.filter(line -> line.startsWith("#") && line.contains("\"sluice-tcp")).count();
      } finally {
        Files.deleteIfExists(dump);
      }
    }

    private static long count(Path folder, Predicate<Path> counts) throws IOException {
      try (Stream<Path> entries = Files.list(folder)) {
        return entries.filter(counts).count();
      }
    }

    private static boolean isSocket(Path descriptor) {
      try {
        return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
      } catch (IOException closedMeanwhile) {
        return false;
      }
    }

    private static long number(Pattern pattern, String text) {
      Matcher matcher = pattern.matcher(text);
      assertThat(matcher.find()).as(text).isTrue();
      return Long.parseLong(matcher.group(1));
    }

    private static String jcmd(long pid, String... command) {
      List<String> all = new ArrayList<>();
      all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
      all.add(String.valueOf(pid));
      all.addAll(List.of(command));
      try (ChildProcess process = ChildProcess.start("jcmd", Path.of("."), all, Map.of())) {
        assertThat(process.awaitExit(LIMIT)).as("%s", process.output()).isZero();
        return String.join("\n", process.output());
      }
    }
  }
}
