package io.sluice.discovery;

import java.time.Duration;

/**
 * Every bound of one torrent's candidates.
 *
 * @param addresses addresses that are remembered
 * @param portsPerHost ports of one host among them, so that nobody makes us scan somebody
 * @param failures dials in a row that may fail before an address is given up; one that the link
 *     itself names never is
 * @param firstRetry the wait after the first failure is once to twice as long; each further wait
 *     doubles
 * @param maxRetry the longest wait
 * @param maxRetryNamed the longest wait for an address that the link itself names
 * @param stable a connection that lasted as long was no failure
 * @param forget how long an address that was given up is not taken again, whoever says it
 */
public record CandidateLimits(
    int addresses,
    int portsPerHost,
    int failures,
    Duration firstRetry,
    Duration maxRetry,
    Duration maxRetryNamed,
    Duration stable,
    Duration forget) {

  /** What a gateway uses. */
  public static final CandidateLimits DEFAULT =
      new CandidateLimits(
          300,
          16,
          6,
          Duration.ofSeconds(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(1),
          Duration.ofSeconds(60),
          Duration.ofMinutes(30));

  public CandidateLimits {
    if (addresses <= 0 || portsPerHost <= 0 || failures <= 0) {
      throw new IllegalArgumentException("a bound must be positive");
    }
    if (!firstRetry.isPositive() || !stable.isPositive() || !forget.isPositive()) {
      throw new IllegalArgumentException("a time must be positive");
    }
    if (maxRetry.compareTo(firstRetry) < 0 || maxRetryNamed.compareTo(firstRetry) < 0) {
      throw new IllegalArgumentException("the longest wait is no shorter than the first");
    }
  }
}
