package io.sluice.app;

import io.sluice.library.SeedJobs;
import java.util.Locale;

/**
 * How far the hashing of a file is, for the person at the terminal: one line that is written over,
 * or where nobody looks a line now and then.
 *
 * <p>Confined to one thread.
 */
final class SeedProgress {

  private static final int LINES_APART_PERCENT = 25;

  private final boolean terminal;
  private int toldPercent;
  private boolean open;

  /**
   * @param terminal whether a line can be written over
   */
  SeedProgress(boolean terminal) {
    this.terminal = terminal;
  }

  /** What to print now; empty when there is nothing new. */
  String next(SeedJobs.Job job) {
    if (job.totalBytes() == 0) {
      return "";
    }
    int percent = (int) (100 * job.hashedBytes() / job.totalBytes());
    String text = "Hashing %s: %d %% of %s".formatted(job.path().getFileName(), percent, size(job));
    if (terminal) {
      open = true;
      toldPercent = percent;
      return "\r\u001b[K" + text;
    }
    if (percent < toldPercent + LINES_APART_PERCENT || percent == 100) {
      return "";
    }
    toldPercent = percent;
    return text + System.lineSeparator();
  }

  /** What to print when it is over. */
  String end() {
    return open ? "\r\u001b[K" : "";
  }

  private static String size(SeedJobs.Job job) {
    long bytes = job.totalBytes();
    return bytes < 1 << 20
        ? bytes / 1024 + " KiB"
        : bytes < 1L << 30
            ? bytes / (1 << 20) + " MiB"
            : String.format(Locale.ROOT, "%.1f GiB", (double) bytes / (1L << 30));
  }
}
