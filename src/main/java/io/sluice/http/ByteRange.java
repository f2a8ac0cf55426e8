package io.sluice.http;

/**
 * Bytes {@code first..last} of a representation, both included; never empty.
 *
 * @param first offset of the first byte, from 0
 * @param last offset of the last byte
 */
record ByteRange(long first, long last) {

  ByteRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("bytes " + first + "-" + last);
    }
  }

  /** The whole of a representation of so many bytes, at least 1. */
  static ByteRange whole(long length) {
    return new ByteRange(0, length - 1);
  }

  long length() {
    return last - first + 1;
  }

  /** The value of {@code Content-Range} (RFC 9110 section 14.4). */
  String contentRange(long completeLength) {
    return "bytes " + first + "-" + last + "/" + completeLength;
  }
}
