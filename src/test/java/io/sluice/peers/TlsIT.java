package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP side over TLS, with HTTP/1.1 and HTTP/2, as docs/operating.md has it. */
final class TlsIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int LENGTH = 24 * Media.MIB;
  private static final String PASSWORD = "only-for-this-test";

  @TempDir private Path folder;

  @Test
  void filesAndTheApiOverTlsWithBothVersions() throws Exception {
    Path store = keyStore();
    Path content = Media.random(LENGTH, 21);
    byte[] expected = Files.readAllBytes(content);
    int port = freePort();
    try (GatewayProcess gateway =
            GatewayProcess.in(Place.HOST)
                .with("SLUICE_WEBRTC_ENABLED", "false")
                .with("QUARKUS_HTTP_SSL_PORT", String.valueOf(port))
                .with("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE", store.toString())
                .with("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_PASSWORD", PASSWORD)
                .serve(content.toString());
        HttpClient client =
            HttpClient.newBuilder().sslContext(trusting(store)).connectTimeout(LIMIT).build()) {
      JsonNode torrent = gateway.awaitFirstTorrent(LIMIT);
      String base = "https://127.0.0.1:" + port;
      String film =
          base + "/stream/" + torrent.get("infohash").asText() + "/" + content.getFileName();
      for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
        // Twice: what was read once is sent from the file where that can be.
        for (int round = 0; round < 2; round++) {
          HttpResponse<byte[]> whole = get(client, version, film, "bytes=0-");
          assertThat(whole.version()).isEqualTo(version);
          assertThat(whole.statusCode()).isEqualTo(206);
          assertThat(whole.body()).isEqualTo(expected);
        }
        manyAtOnce(client, version, film, expected);
        HttpResponse<byte[]> api = get(client, version, base + "/api/v1/torrents", "bytes=0-");
        assertThat(api.statusCode()).isEqualTo(200);
        leaveEarly(client, version, film);
      }
      gateway.await(
          torrent.get("infohash").asText(),
          "that nobody reads",
          LIMIT,
          now -> now.get("readers").asInt() == 0);
      gateway.stopCleanly();
    }
  }

  private static void manyAtOnce(HttpClient client, Version version, String url, byte[] expected) {
    Random random = new Random(22);
    List<CompletableFuture<Void>> all =
        Stream.generate(() -> random.nextInt(LENGTH - Media.MIB))
            .limit(20)
            .map(
                first ->
                    client
                        .sendAsync(
                            request(version, url, "bytes=" + first + "-" + (first + Media.MIB - 1)),
                            BodyHandlers.ofByteArray())
                        .thenAccept(
                            answer ->
                                assertThat(answer.body())
                                    .isEqualTo(
                                        Arrays.copyOfRange(expected, first, first + Media.MIB))))
            .toList();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private static void leaveEarly(HttpClient client, Version version, String url) throws Exception {
    try (InputStream body =
        client.send(request(version, url, "bytes=0-"), BodyHandlers.ofInputStream()).body()) {
      assertThat(body.readNBytes(1000)).hasSize(1000);
    }
  }

  private static HttpResponse<byte[]> get(
      HttpClient client, Version version, String url, String range) throws Exception {
    return client.send(request(version, url, range), BodyHandlers.ofByteArray());
  }

  private static HttpRequest request(Version version, String url, String range) {
    return HttpRequest.newBuilder(URI.create(url))
        .version(version)
        .timeout(LIMIT)
        .header("Range", range)
        .build();
  }

  /** A certificate for this machine's loopback address that it signs itself. */
  private Path keyStore() throws Exception {
    Path store = folder.resolve("gateway.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "gateway",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return store;
  }

  private static SSLContext trusting(Path store) throws Exception {
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      certificates.load(in, PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("gateway", certificates.getCertificate("gateway"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
