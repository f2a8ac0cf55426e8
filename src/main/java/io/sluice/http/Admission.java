package io.sluice.http;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says who may do what: a table, without I/O, that every request is looked up in before anything
 * else is done with it.
 *
 * <p>Three things are checked, in this order. The name under which the request came ({@code Host}):
 * a page whose name was pointed at this machine (DNS rebinding) is told from ours by nothing else.
 * The page that a browser sent it for ({@code Origin}, {@code Sec-Fetch-Site}): only ours may read
 * the library or change it. The admin token, where callers are not known to be local.
 *
 * <p>Immutable, safe for any thread.
 */
public final class Admission {

  /** Who can reach the gateway. */
  public enum Exposure {
    /** It listens on loopback and has no other name: whoever gets through is on this machine. */
    LOCAL,
    /** It listens on loopback and has a public URL: callers seem local, and are the world. */
    PROXIED,
    /** It listens where others reach it. */
    PUBLIC
  }

  /** What a request is about. */
  public enum Ask {
    /** Bytes, torrents, the tracker, pages: for everybody. */
    SERVE,
    /** What the library holds: for everybody, but for no page of another origin. */
    READ,
    /** A mirror says that it is there; whether it is taken at its word is decided elsewhere. */
    OFFER,
    /** Adding, removing, seeding. */
    CHANGE
  }

  /**
   * A request as far as it matters here.
   *
   * @param remote where it came from
   * @param forwarded whether it says that a proxy passed it on
   * @param scheme {@code http} or {@code https}, of the connection
   * @param port of ours that it came to
   * @param authority {@code Host} or {@code :authority}
   * @param site {@code Sec-Fetch-Site}
   */
  public record Asked(
      Ask ask,
      Optional<InetAddress> remote,
      boolean forwarded,
      String scheme,
      int port,
      Optional<String> authority,
      Optional<String> origin,
      Optional<String> site,
      Optional<String> authorization) {}

  /** Whether a request goes on. */
  public sealed interface Verdict {
    record Allowed() implements Verdict {}

    /**
     * It does not.
     *
     * @param status 401 or 403
     * @param detail one line for the person who asked
     */
    record Refused(int status, String detail) implements Verdict {}
  }

  private static final Verdict ALLOWED = new Verdict.Allowed();

  private static final Set<String> OUR_SITES = Set.of("same-origin", "none");

  private final Exposure exposure;
  private final Set<String> names;
  private final Supplier<URI> publicUrl;
  private final Optional<AdminToken> token;

  /**
   * @param names hosts that the gateway answers to beside loopback and that of its public URL
   * @param publicUrl asked again each time, since the port is known only once it listens
   * @param token needed for changes unless the exposure is local; when there is none then, there
   *     are no changes
   */
  public Admission(
      Exposure exposure, Set<String> names, Supplier<URI> publicUrl, Optional<AdminToken> token) {
    this.exposure = exposure;
    this.names =
        names.stream()
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    this.publicUrl = publicUrl;
    this.token = token;
  }

  public Exposure exposure() {
    return exposure;
  }

  public Verdict decide(Asked asked) {
    return Stream.<Optional<Verdict>>of(wrongHost(asked), wrongPage(asked), noToken(asked))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(ALLOWED);
  }

  private Optional<Verdict> wrongHost(Asked asked) {
    boolean open = exposure == Exposure.PUBLIC && asked.ask() != Ask.READ;
    // Every browser sends one; who sends none is no browser.
    if (open || asked.authority().isEmpty() || isOurs(asked.authority().get(), asked)) {
      return Optional.empty();
    }
    return refused(
        403,
        "this gateway does not go by the name in Host; sluice.public-url or sluice.allowed-hosts"
            + " would have it");
  }

  private boolean isOurs(String authority, Asked asked) {
    Optional<Authority> parsed = Authority.parse(authority);
    if (parsed.isEmpty()) {
      return false;
    }
    Authority host = parsed.get();
    Optional<Authority> told = Authority.parse(String.valueOf(publicUrl.get().getRawAuthority()));
    if (host.isLoopback() && host.port() < 0 && asked.ask() == Ask.SERVE) {
      return true; // libtorrent leaves the port out, and no browser does.
    }
    if (host.isLoopback()) {
      int port = host.portOf(asked.scheme());
      return exposure != Exposure.LOCAL
          || port == asked.port()
          || told.filter(own -> own.isLoopback() && own.port() == port).isPresent();
    }
    // A literal address is no name that somebody could point at us.
    return (exposure == Exposure.PUBLIC && host.literal().isPresent())
        || names.contains(host.name())
        || told.filter(own -> own.name().equals(host.name())).isPresent();
  }

  private Optional<Verdict> wrongPage(Asked asked) {
    if (asked.ask() == Ask.SERVE) {
      return Optional.empty();
    }
    boolean ourOrigin = asked.origin().map(origin -> isOurOrigin(origin, asked)).orElse(true);
    boolean ourSite = asked.site().map(OUR_SITES::contains).orElse(true);
    return ourOrigin && ourSite
        ? Optional.empty()
        : refused(
            403, "pages of other origins may neither read nor change what this gateway holds");
  }

  private boolean isOurOrigin(String origin, Asked asked) {
    URI url = publicUrl.get();
    return Authority.isOrigin(origin, url.getScheme(), String.valueOf(url.getRawAuthority()))
        || asked
            .authority()
            .filter(authority -> Authority.isOrigin(origin, asked.scheme(), authority))
            .isPresent();
  }

  private Optional<Verdict> noToken(Asked asked) {
    if (asked.ask() != Ask.CHANGE || isLocal(asked)) {
      return Optional.empty();
    }
    if (token.isEmpty()) {
      return refused(
          403,
          "a proxy passes this on, and the gateway knows of none: set sluice.public-url to where it"
              + " is reached");
    }
    if (asked.authorization().map(token.get()::isShownIn).orElse(false)) {
      return Optional.empty();
    }
    return refused(
        401,
        asked.authorization().isEmpty()
            ? "this takes the admin token, as in Authorization: Bearer TOKEN"
            : "that is not the admin token");
  }

  private boolean isLocal(Asked asked) {
    return exposure == Exposure.LOCAL
        && !asked.forwarded()
        && asked.remote().map(InetAddress::isLoopbackAddress).orElse(false);
  }

  private static Optional<Verdict> refused(int status, String detail) {
    return Optional.of(new Verdict.Refused(status, detail));
  }
}
