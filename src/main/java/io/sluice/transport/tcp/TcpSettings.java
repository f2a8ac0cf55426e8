package io.sluice.transport.tcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * How the TCP side reaches the network.
 *
 * @param listen where to listen, port 0 for any free one; none to dial only. The wildcard address
 *     of IPv6, {@code ::}, takes IPv4 connections as well, so that of IPv4 is not wanted beside it.
 * @param admits whether an address may connect to us at all: where bans go; asked on the accepting
 *     thread, must return at once
 */
public record TcpSettings(
    List<InetSocketAddress> listen,
    TcpEncryption encryption,
    Predicate<InetAddress> admits,
    TcpLimits limits) {

  public TcpSettings {
    listen = List.copyOf(listen);
    if (listen.stream().anyMatch(InetSocketAddress::isUnresolved)) {
      throw new IllegalArgumentException("not an address of this machine: " + listen);
    }
  }

  /** Listens where it is told, admits everybody, encrypts where the other side can. */
  public static TcpSettings listeningOn(InetSocketAddress... listen) {
    return new TcpSettings(List.of(listen), TcpEncryption.PREFER, _ -> true, TcpLimits.DEFAULT);
  }

  public TcpSettings withListen(List<InetSocketAddress> other) {
    return new TcpSettings(other, encryption, admits, limits);
  }

  public TcpSettings withEncryption(TcpEncryption other) {
    return new TcpSettings(listen, other, admits, limits);
  }

  public TcpSettings withAdmission(Predicate<InetAddress> other) {
    return new TcpSettings(listen, encryption, other, limits);
  }

  public TcpSettings withLimits(TcpLimits other) {
    return new TcpSettings(listen, encryption, admits, other);
  }
}
