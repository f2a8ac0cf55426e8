package io.sluice.http;

import io.sluice.metainfo.TorrentFile;
import io.sluice.wire.InfoHash;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a GET or HEAD of a file is answered, decided here, once, from the request's headers alone:
 * status, headers and which bytes make the body. No byte of the file is needed for it.
 */
sealed interface FileAnswer {

  /**
   * 200 or 206.
   *
   * @param headers in order, {@code Content-Length} included, which is the sum of the parts
   * @param parts the body of a GET
   */
  record Send(int status, Map<String, String> headers, List<Part> parts) implements FileAnswer {}

  /** 304. */
  record NotModified(Map<String, String> headers) implements FileAnswer {}

  /** 412 or 416. */
  record Refuse(Problem problem, Map<String, String> headers) implements FileAnswer {}

  /** A part of a body. */
  sealed interface Part {
    long length();

    /** Bytes of the file. */
    record Bytes(ByteRange range) implements Part {
      @Override
      public long length() {
        return range.length();
      }
    }

    /** What stands between ranges of a multipart body; ASCII. */
    record Text(String text) implements Part {
      @Override
      public long length() {
        return text.length();
      }

      byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
      }
    }
  }

  /** The strong entity tag of a file: its bytes can never be others. */
  static String entityTag(InfoHash infoHash, TorrentFile file) {
    return "\"" + infoHash.hex() + "-" + file.index() + "\"";
  }

  /**
   * Decides, in the order of RFC 9110 section 13.2.2.
   *
   * @param inParts whether the client wants what has no end in parts
   */
  static FileAnswer decide(
      boolean head,
      MultiMap request,
      InfoHash infoHash,
      TorrentFile file,
      StreamPolicy policy,
      boolean inParts) {
    String entityTag = entityTag(infoHash, file);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ETag", entityTag);
    return switch (Preconditions.evaluate(request, entityTag)) {
      case FAILED ->
          new Refuse(
              Problem.of(412, "Precondition Failed", "The file's entity tag is " + entityTag + "."),
              headers);
      case NOT_MODIFIED -> {
        headers.put("Cache-Control", cacheControl(policy));
        yield new NotModified(headers);
      }
      case HOLD -> {
        headers.put("Cache-Control", cacheControl(policy));
        describe(headers, request, file);
        // RFC 9110 section 14.2: Range is for GET alone.
        Optional<String> range = head ? Optional.empty() : Preconditions.range(request, entityTag);
        RangeHeader asked = RangeHeader.parse(range.orElse(null), file.length(), inParts);
        yield send(headers, asked, entityTag, file);
      }
    };
  }

  private static String cacheControl(StreamPolicy policy) {
    return (policy.privateCache() ? "private" : "public")
        + ", max-age=31536000, immutable, no-transform";
  }

  private static void describe(Map<String, String> headers, MultiMap request, TorrentFile file) {
    String mediaType = MediaTypes.of(file.name());
    boolean active = MediaTypes.active(mediaType);
    headers.put("Content-Type", mediaType);
    headers.put(
        "Content-Disposition",
        active
            ? ContentDisposition.attachment(file.name())
            : ContentDisposition.inline(file.name()));
    if (active) {
      headers.put("Content-Security-Policy", "default-src 'none'; sandbox");
    }
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Accept-Ranges", "bytes");
    describeForTelevisions(headers, request);
  }

  /** DLNA: seeking by bytes, no conversion; said only to those who ask. */
  private static void describeForTelevisions(Map<String, String> headers, MultiMap request) {
    if ("1".equals(request.get("getcontentFeatures.dlna.org"))) {
      headers.put(
          "contentFeatures.dlna.org",
          "DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=01700000000000000000000000000000");
    }
    String mode = request.get("transferMode.dlna.org");
    if ("Streaming".equalsIgnoreCase(mode)) {
      headers.put("transferMode.dlna.org", "Streaming");
    }
  }

  private static FileAnswer send(
      Map<String, String> headers, RangeHeader asked, String entityTag, TorrentFile file) {
    return switch (asked) {
      case RangeHeader.Ignored() ->
          send(
              200,
              headers,
              file.length() == 0
                  ? List.of()
                  : List.of(new Part.Bytes(ByteRange.whole(file.length()))));
      case RangeHeader.Satisfiable(List<ByteRange> ranges) when ranges.size() == 1 -> {
        headers.put("Content-Range", ranges.getFirst().contentRange(file.length()));
        yield send(206, headers, List.of(new Part.Bytes(ranges.getFirst())));
      }
      case RangeHeader.Satisfiable(List<ByteRange> ranges) ->
          multipart(headers, ranges, entityTag, file.length());
      case RangeHeader.Unsatisfiable() ->
          new Refuse(
              Problem.of(416, "Range Not Satisfiable", "The file has " + file.length() + " bytes."),
              Map.of("ETag", entityTag, "Content-Range", "bytes */" + file.length()));
    };
  }

  private static Send send(int status, Map<String, String> headers, List<Part> parts) {
    long length = parts.stream().mapToLong(Part::length).sum();
    headers.put("Content-Length", Long.toString(length));
    return new Send(status, headers, parts);
  }

  /** {@code multipart/byteranges} (RFC 9110 section 14.6). */
  private static Send multipart(
      Map<String, String> headers, List<ByteRange> ranges, String entityTag, long length) {
    // No file of the torrent can hold it: it would have to hold a hash that depends on its bytes.
    String boundary = "sluice-" + entityTag.substring(1, entityTag.length() - 1);
    String mediaType = headers.getOrDefault("Content-Type", MediaTypes.UNKNOWN);
    List<Part> parts = new ArrayList<>();
    for (ByteRange range : ranges) {
      parts.add(
          new Part.Text(
              (parts.isEmpty() ? "" : "\r\n")
                  + ("--" + boundary + "\r\n")
                  + ("Content-Type: " + mediaType + "\r\n")
                  + ("Content-Range: " + range.contentRange(length) + "\r\n\r\n")));
      parts.add(new Part.Bytes(range));
    }
    parts.add(new Part.Text("\r\n--" + boundary + "--\r\n"));
    headers.put("Content-Type", "multipart/byteranges; boundary=" + boundary);
    return send(206, headers, parts);
  }
}
