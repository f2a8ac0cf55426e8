package io.sluice.http;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of a GET or HEAD, in the order of RFC 9110 section 13.2.2, for a representation
 * that has a strong entity tag and no modification date.
 *
 * <p>Without a date {@code If-Modified-Since} and {@code If-Unmodified-Since} are ignored, as
 * sections 13.1.3 and 13.1.4 say, and a date in {@code If-Range} never holds.
 */
enum Preconditions {
  /** Answer the request. */
  HOLD,
  /** 304: the client has it already. */
  NOT_MODIFIED,
  /** 412: the client has something else. */
  FAILED;

  static Preconditions evaluate(MultiMap headers, String entityTag) {
    Optional<EntityTags> ifMatch = tags(headers, "If-Match");
    if (ifMatch.isPresent() && !ifMatch.get().matchesStrongly(entityTag)) {
      return FAILED;
    }
    Optional<EntityTags> ifNoneMatch = tags(headers, "If-None-Match");
    if (ifNoneMatch.isPresent() && ifNoneMatch.get().matchesWeakly(entityTag)) {
      return NOT_MODIFIED;
    }
    return HOLD;
  }

  /**
   * The {@code Range} to obey: the only one there is, unless {@code If-Range} says that the client
   * has parts of something else (RFC 9110 section 13.1.5).
   */
  static Optional<String> range(MultiMap headers, String entityTag) {
    List<String> ranges = headers.getAll("Range");
    if (ranges.size() != 1) {
      return Optional.empty(); // It is no list field: several lines are malformed.
    }
    List<String> conditions = headers.getAll("If-Range");
    boolean holds = conditions.stream().allMatch(value -> value.strip().equals(entityTag));
    return holds ? Optional.of(ranges.getFirst()) : Optional.empty();
  }

  private static Optional<EntityTags> tags(MultiMap headers, String name) {
    List<String> lines = headers.getAll(name);
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(EntityTags.parse(String.join(", ", lines)));
  }
}
