package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of the library as a JSON Feed (version 1.1 of that format, jsonfeed.org).
 *
 * @param nextUrl of the torrents that came before these
 * @param sluice what feeds have no word for
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FeedJson(
    String version,
    String title,
    @JsonProperty("home_page_url") String homePageUrl,
    @JsonProperty("feed_url") String feedUrl,
    @JsonProperty("next_url") Optional<String> nextUrl,
    @JsonProperty("_sluice") Gateway sluice,
    @JsonInclude List<Item> items) {

  static final String VERSION = "https://jsonfeed.org/version/1.1";

  /**
   * The gateway.
   *
   * @param mirrors where a mirror says that it is one
   */
  public record Gateway(String mirrors) {}

  /**
   * A torrent.
   *
   * @param id its infohash
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Item(
      String id,
      String url,
      String title,
      @JsonProperty("content_text") String contentText,
      @JsonProperty("date_published") Instant datePublished,
      List<Attachment> attachments,
      @JsonProperty("_sluice") Torrent sluice) {}

  /** Its {@code .torrent} file. */
  public record Attachment(
      String url,
      @JsonProperty("mime_type") String mimeType,
      String title,
      @JsonProperty("size_in_bytes") long sizeInBytes) {}

  /**
   * What a mirror goes by.
   *
   * @param complete whether all of it is here
   * @param mirrorOf the feed that it is mirrored from; mirrors follow that one
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Torrent(
      @JsonInclude long length,
      @JsonInclude int pieceLength,
      String policy,
      @JsonInclude long views,
      String webSeed,
      @JsonInclude boolean complete,
      Optional<String> mirrorOf) {}
}
