package io.sluice.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resolves names with the system's resolver, and lets through what is public, or all that can be
 * connected to when private addresses are allowed.
 *
 * <p>The system's resolver may take minutes and cannot be interrupted, so it runs on a few threads
 * of its own, which end when they are idle: platform threads, since it would hold on to a virtual
 * thread's carrier.
 */
final class ResolvingAddressPolicy implements AddressPolicy {

  /** Asks whoever knows the addresses of a name; may block. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private static final int THREADS = 4;
  private static final int WAITING = 1_000;
  private static final int MAX_HOST_CHARS = 255;

  private final boolean allowPrivate;
  private final Resolver resolver;
  private final ThreadPoolExecutor threads;

  ResolvingAddressPolicy(boolean allowPrivate) {
    this(allowPrivate, InetAddress::getAllByName);
  }

  ResolvingAddressPolicy(boolean allowPrivate, Resolver resolver) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("sluice-resolver-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<Verdict> resolve(String host, int port) {
    if (host.isEmpty() || host.length() > MAX_HOST_CHARS || port < 1 || port > 65_535) {
      return CompletableFuture.completedStage(new Verdict.Refused("no host or port"));
    }
    try {
      return CompletableFuture.supplyAsync(() -> resolveNow(host, port), threads);
    } catch (RejectedExecutionException full) {
      return CompletableFuture.completedStage(new Verdict.Refused("too many names to resolve"));
    }
  }

  private Verdict resolveNow(String host, int port) {
    InetAddress[] resolved;
    try {
      resolved = resolver.resolve(host);
    } catch (UnknownHostException | RuntimeException unknown) {
      return new Verdict.Refused("unknown host");
    }
    List<InetSocketAddress> allowed = new ArrayList<>();
    Optional<String> refusal = Optional.of("unknown host");
    for (InetAddress address : resolved) {
      Optional<String> reason = AddressRules.refusal(address, allowPrivate);
      if (reason.isEmpty()) {
        allowed.add(new InetSocketAddress(address, port));
      } else {
        refusal = reason;
      }
    }
    return allowed.isEmpty() ? new Verdict.Refused(refusal.get()) : new Verdict.Allowed(allowed);
  }
}
