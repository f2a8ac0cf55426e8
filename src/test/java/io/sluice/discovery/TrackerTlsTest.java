package io.sluice.discovery;

import static io.sluice.testing.TrackerStatuses.awaitFailing;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JksOptions;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trackers behind TLS: the address is pinned, and the name is what counts. */
final class TrackerTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  /** A key and its own certificate for {@code tracker.test}. */
  private Path keyStore() throws Exception {
    Path store = folder.resolve("store");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=tracker.test",
                "-ext",
                "SAN=dns:tracker.test",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.waitFor()).as(output).isZero();
    return store;
  }

  private static SslContext trusting(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    return TrackerClients.verifying(SslContextBuilder.forClient().trustManager(trust));
  }

  private static TrackerAnnouncement announce(TrackerClients clients, String host) {
    return clients.announce(
        URI.create("wss://" + host + "/announce"),
        new AnnouncedTorrent(
            InfoHash.parse("aa".repeat(20)),
            PeerId.of("-SL0100-selfselfself".getBytes(ISO_8859_1)),
            new FakeOffers("tls"),
            () -> new AnnounceStats(0, 0, 1)));
  }

  @Test
  void checksTheNameAtThePinnedAddress() throws Exception {
    Path store = keyStore();
    Vertx vertx = Vertx.vertx();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setSni(true)
            .setKeyCertOptions(new JksOptions().setPath(store.toString()).setPassword(PASSWORD));
    try (FakeTracker tracker = new FakeTracker(vertx, options)) {
      InetSocketAddress pinned = new InetSocketAddress(FakeTracker.host(), tracker.port());
      AddressPolicy policy =
          (_, _) -> CompletableFuture.completedStage(new Verdict.Allowed(List.of(pinned)));
      TrackerClients trusting =
          new TrackerClients(policy, TestLimits.quickRetries(), trusting(store));
      TrackerAnnouncement right = announce(trusting, "tracker.test");
      FakeTracker.Heard heard = tracker.next();
      assertThat(heard.socket().headers().get("Host")).isEqualTo("tracker.test");
      assertThat(tracker.serverNames).containsExactly("tracker.test");
      await().atMost(30, SECONDS).until(() -> right.status() instanceof TrackerStatus.Working);
      awaitFailing(announce(trusting, "other.test"), "TLS: ");

      TrackerClients strict = new TrackerClients(policy, TestLimits.quickRetries());
      awaitFailing(announce(strict, "tracker.test"), "TLS: ");
      assertThat(tracker.sockets).hasSize(1);
      trusting.close().toCompletableFuture().join();
      strict.close().toCompletableFuture().join();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
