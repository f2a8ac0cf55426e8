package io.sluice.transport.tcp;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * What this process holds of the things that a leak would show in.
 *
 * @param threads of the TCP side, virtual ones included
 * @param sockets open descriptors that are sockets
 * @param heapBytes in use after a collection
 * @param directBytes in buffers off the heap
 */
record Footprint(long threads, long sockets, long heapBytes, long directBytes) {

  static Footprint now() throws IOException {
    collectGarbage();
    return new Footprint(
        threadsNow(),
        socketsNow(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum());
  }

  /** Names only: a thread dump is the one list that has virtual threads in it. */
  static long threadsNow() throws IOException {
    Path folder = Files.createTempDirectory("sluice-threads");
    Path dump = folder.resolve("dump.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(dump)) {
        return lines.filter(line -> line.startsWith("#") && line.contains("\"sluice-tcp")).count();
      }
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(folder);
    }
  }

  static long socketsNow() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(Footprint::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static void collectGarbage() {
    for (int round = 0; round < 3; round++) {
      WeakReference<Object> canary = new WeakReference<>(new Object());
      Awaitility.await()
          .until(
              () -> {
                System.gc();
                return canary.get() == null;
              });
    }
  }
}
