package io.sluice.http;

import java.util.ArrayList;
import java.util.List;

/**
 * The value of {@code If-Match} or {@code If-None-Match} (RFC 9110 sections 13.1.1 and 13.1.2): any
 * representation, or a list of entity tags.
 *
 * <p>What is malformed matches nothing, from there on.
 *
 * @param any whether it is {@code *}
 */
record EntityTags(boolean any, List<Tag> tags) {

  /**
   * An entity tag (RFC 9110 section 8.8.3).
   *
   * @param opaque with its quotes
   */
  record Tag(boolean weak, String opaque) {}

  EntityTags {
    tags = List.copyOf(tags);
  }

  static EntityTags parse(String value) {
    if (value.strip().equals("*")) {
      return new EntityTags(true, List.of());
    }
    List<Tag> tags = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < value.length() && " \t,".indexOf(value.charAt(at)) >= 0) {
        at++;
      }
      boolean weak = value.startsWith("W/", at);
      int open = weak ? at + 2 : at;
      int close = value.startsWith("\"", open) ? value.indexOf('"', open + 1) : -1;
      if (close < 0) {
        return new EntityTags(false, tags);
      }
      tags.add(new Tag(weak, value.substring(open, close + 1)));
      at = close + 1;
      int next = at;
      while (next < value.length() && " \t".indexOf(value.charAt(next)) >= 0) {
        next++;
      }
      if (next < value.length() && value.charAt(next) != ',') {
        return new EntityTags(false, tags);
      }
    }
  }

  /** Strong comparison (RFC 9110 section 8.8.3.2) with a strong tag. */
  boolean matchesStrongly(String strongTag) {
    return any || tags.stream().anyMatch(tag -> !tag.weak() && tag.opaque().equals(strongTag));
  }

  /** Weak comparison (RFC 9110 section 8.8.3.2) with a strong tag. */
  boolean matchesWeakly(String strongTag) {
    return any || tags.stream().anyMatch(tag -> tag.opaque().equals(strongTag));
  }
}
