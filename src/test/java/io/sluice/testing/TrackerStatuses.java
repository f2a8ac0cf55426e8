package io.sluice.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerStatus;
import java.util.function.Predicate;

/** Waits until a tracker's announcement stands as a test expects it, a minute at most. */
public final class TrackerStatuses {

  private TrackerStatuses() {}

  public static <T extends TrackerStatus> T awaitStatus(
      TrackerAnnouncement announcement, Class<T> type, Predicate<T> condition) {
    await()
        .atMost(60, SECONDS)
        .until(
            () ->
                type.isInstance(announcement.status())
                    && condition.test(type.cast(announcement.status())));
    return type.cast(announcement.status());
  }

  public static TrackerStatus.Working awaitWorking(TrackerAnnouncement announcement) {
    return awaitStatus(announcement, TrackerStatus.Working.class, _ -> true);
  }

  /** The same, with so many others as the tracker counts them. */
  public static void awaitWorking(TrackerAnnouncement announcement, int seeders, int leechers) {
    awaitStatus(
        announcement,
        TrackerStatus.Working.class,
        working -> working.seeders() == seeders && working.leechers() == leechers);
  }

  /** The reason, which has this in it. */
  public static String awaitFailing(TrackerAnnouncement announcement, String reason) {
    return awaitStatus(
            announcement, TrackerStatus.Failing.class, failing -> failing.reason().contains(reason))
        .reason();
  }
}
