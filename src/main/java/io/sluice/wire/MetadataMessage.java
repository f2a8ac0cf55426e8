package io.sluice.wire;

import java.nio.ByteBuffer;

/**
 * One message of ut_metadata (BEP 9): a bencoded dictionary, followed for {@link Data} by raw
 * bytes. Metadata pieces are 16 KiB, the last one shorter.
 */
public sealed interface MetadataMessage {

  /** Length of a metadata piece but the last. */
  int PIECE_BYTES = 16 * 1024;

  /** The largest info dictionary that we fetch: what webtorrent accepts as well. */
  int MAX_METADATA_BYTES = 10_000_000;

  int piece();

  record Request(int piece) implements MetadataMessage {}

  /** {@code bytes} is read-only. */
  record Data(int piece, int totalBytes, ByteBuffer bytes) implements MetadataMessage {}

  record Reject(int piece) implements MetadataMessage {}

  /** A {@code msg_type} that BEP 9 does not define; ignored, as it asks. */
  record Unknown(int type, int piece) implements MetadataMessage {}
}
