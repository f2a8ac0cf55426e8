package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files become torrents, one after the other, with progress. */
final class SeedJobsTest {

  @TempDir Path temp;
  private final List<TorrentSource> added = new CopyOnWriteArrayList<>();
  private final SeedJobs jobs = new SeedJobs(added::add, _ -> Optional.empty());

  @AfterEach
  void close() {
    jobs.close();
  }

  private Path file(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(name.hashCode()).nextBytes(content);
    return Files.write(temp.resolve(name), content);
  }

  @Test
  void makeTorrentsOneAfterTheOther() throws Exception {
    SeedJobs.Begun big = jobs.begin(file("big.bin", 20_000_000));
    SeedJobs.Begun small = jobs.begin(file("small.bin", 1000));
    assertThat(jobs.begin(temp.resolve("big.bin"))).isSameAs(big);
    InfoHash infoHash = big.torrent().get(30, TimeUnit.SECONDS);
    small.torrent().get(30, TimeUnit.SECONDS);
    assertThat(added).extracting(TorrentSource::policy).containsOnly(Policy.SEEDED);
    assertThat(added).extracting(TorrentSource::infoHash).first().isEqualTo(infoHash);
    SeedJobs.Job job = big.now();
    assertThat(job.done()).isTrue();
    assertThat(job.hashedBytes()).isEqualTo(20_000_000).isEqualTo(job.totalBytes());
    assertThat(jobs.find(job.id())).contains(job);
    assertThat(jobs.list()).hasSize(2);
  }

  @Test
  void sayWhyThereIsNoTorrent() {
    SeedJobs.Begun none = jobs.begin(temp.resolve("none"));
    Awaitility.await().until(() -> none.now().done());
    assertThat(none.now().error()).hasValueSatisfying(why -> assertThat(why).contains("none"));
    assertThat(none.torrent()).isCompletedExceptionally();
    assertThat(added).isEmpty();
  }

  @Test
  void failWhenTheGatewayStops() throws IOException {
    jobs.begin(file("a", 30_000_000));
    SeedJobs.Begun waiting = jobs.begin(file("b", 30_000_000));
    jobs.close();
    assertThat(waiting.now().error()).contains("the gateway is stopping");
  }
}
