package io.sluice.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Media types by file name, and what a browser would do with them. */
public final class MediaTypes {

  /** What a file is when its name says nothing that we know. */
  public static final String UNKNOWN = "application/octet-stream";

  private static final Map<String, String> BY_EXTENSION =
      Map.ofEntries(
          Map.entry("mp4", "video/mp4"),
          Map.entry("m4v", "video/mp4"),
          Map.entry("mkv", "video/x-matroska"),
          Map.entry("webm", "video/webm"),
          Map.entry("mov", "video/quicktime"),
          Map.entry("avi", "video/x-msvideo"),
          Map.entry("ts", "video/mp2t"),
          Map.entry("m2ts", "video/mp2t"),
          Map.entry("mts", "video/mp2t"),
          Map.entry("mpg", "video/mpeg"),
          Map.entry("mpeg", "video/mpeg"),
          Map.entry("ogv", "video/ogg"),
          Map.entry("3gp", "video/3gpp"),
          Map.entry("wmv", "video/x-ms-wmv"),
          Map.entry("flv", "video/x-flv"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("m4a", "audio/mp4"),
          Map.entry("m4b", "audio/mp4"),
          Map.entry("mka", "audio/x-matroska"),
          Map.entry("aac", "audio/aac"),
          Map.entry("flac", "audio/flac"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("oga", "audio/ogg"),
          Map.entry("opus", "audio/ogg"),
          Map.entry("wav", "audio/wav"),
          Map.entry("wma", "audio/x-ms-wma"),
          Map.entry("weba", "audio/webm"),
          Map.entry("srt", "application/x-subrip"),
          Map.entry("vtt", "text/vtt; charset=utf-8"),
          Map.entry("m3u8", "application/vnd.apple.mpegurl"),
          Map.entry("mpd", "application/dash+xml"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("png", "image/png"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("avif", "image/avif"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("nfo", "text/plain; charset=utf-8"),
          Map.entry("htm", "text/html"),
          Map.entry("html", "text/html"),
          Map.entry("xhtml", "application/xhtml+xml"),
          Map.entry("xml", "application/xml"),
          Map.entry("json", "application/json"),
          Map.entry("zip", "application/zip"),
          Map.entry("torrent", "application/x-bittorrent"));

  /** Beside the media themselves, what may be shown in a page of our origin: none can run. */
  private static final Set<String> HARMLESS =
      Set.of(
          "application/octet-stream",
          "application/x-subrip",
          "application/vnd.apple.mpegurl",
          "application/pdf",
          "application/json",
          "application/zip",
          "application/x-bittorrent",
          "text/plain; charset=utf-8",
          "text/vtt; charset=utf-8");

  private MediaTypes() {}

  /**
   * The media type of a file. Scripts have none of their own: with {@code nosniff} no browser runs
   * what is sent as {@link #UNKNOWN}.
   */
  public static String of(String fileName) {
    int dot = fileName.lastIndexOf('.');
    if (dot < 0) {
      return UNKNOWN;
    }
    String extension = fileName.substring(dot + 1);
    return BY_EXTENSION.getOrDefault(extension.toLowerCase(Locale.ROOT), UNKNOWN);
  }

  /** Whether a player plays it: video and audio. */
  public static boolean playable(String mediaType) {
    return mediaType.startsWith("video/") || mediaType.startsWith("audio/");
  }

  /** Whether a browser that opens it might run code of whoever made it. */
  static boolean active(String mediaType) {
    boolean picture = mediaType.startsWith("image/") && !mediaType.endsWith("+xml");
    return !playable(mediaType) && !picture && !HARMLESS.contains(mediaType);
  }
}
