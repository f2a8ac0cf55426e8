package io.sluice.app;

import io.quarkus.runtime.LaunchMode;
import io.sluice.http.Admission;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.ConfigProvider;

/** Where the HTTP side listens; the port is right once it does, even when 0 was asked for. */
@ApplicationScoped
public class ListenAddress {

  @Inject SluiceConfig config;

  /** {@code http://HOST:PORT}, as it was asked for. */
  public URI url() {
    return url(config.host());
  }

  /** The URL at which this machine reaches itself. */
  public URI localUrl() {
    return url(isWildcard() ? "127.0.0.1" : config.host());
  }

  /** What others are told: {@code sluice.public-url}, or the address that we listen on. */
  public URI publicUrl() {
    return config.publicUrl().orElseGet(this::localUrl);
  }

  /** Whether nobody but this machine can reach the gateway. */
  public boolean loopbackOnly() {
    try {
      return InetAddress.getByName(config.host()).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  /** Who can reach the gateway. */
  public Admission.Exposure exposure() {
    if (!loopbackOnly()) {
      return Admission.Exposure.PUBLIC;
    }
    return config.publicUrl().map(ListenAddress::isLoopback).orElse(true)
        ? Admission.Exposure.LOCAL
        : Admission.Exposure.PROXIED;
  }

  private static boolean isLoopback(URI url) {
    String host = String.valueOf(url.getHost());
    return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }

  private boolean isWildcard() {
    try {
      return InetAddress.getByName(config.host()).isAnyLocalAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  private static URI url(String host) {
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + port());
  }

  private static int port() {
    // Quarkus writes the port that it got back into this key.
    String key = LaunchMode.current() == LaunchMode.TEST ? "test-port" : "port";
    return ConfigProvider.getConfig().getValue("quarkus.http." + key, Integer.class);
  }
}
