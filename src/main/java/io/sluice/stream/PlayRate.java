package io.sluice.stream;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * How many bytes of a media file are played in a second, by what its head says of its duration: MP4
 * that begins with its {@code moov} (ISO/IEC 14496-12, 8.2), and Matroska and WebM (RFC 9559). What
 * is not understood is no error: the rate is measured anyway.
 */
final class PlayRate {

  private static final int FTYP = 0x66747970;
  private static final int MOOV = 0x6d6f6f76;
  private static final int MVHD = 0x6d766864;
  private static final int EBML = 0x1a45dfa3;
  private static final int SEGMENT = 0x18538067;
  private static final int SEEK_HEAD = 0x114d9b74;
  private static final int VOID = 0xec;
  private static final int CRC = 0xbf;
  private static final int INFO = 0x1549a966;
  private static final int TIMESTAMP_SCALE = 0x2ad7b1;
  private static final int DURATION = 0x4489;

  /** Boxes or elements that are looked at, at most. */
  private static final int MOST = 64;

  private static final double SHORTEST_SECONDS = 1;

  private PlayRate() {}

  /** Empty when the head does not say. */
  static OptionalLong of(ByteBuffer head, long fileBytes) {
    ByteBuffer view = head.slice();
    double seconds =
        view.remaining() >= 8 && view.getInt(4) == FTYP
            ? mp4Seconds(view)
            : view.remaining() >= 4 && view.getInt(0) == EBML ? matroskaSeconds(view) : 0;
    return seconds < SHORTEST_SECONDS || Double.isInfinite(seconds)
        ? OptionalLong.empty()
        : OptionalLong.of((long) (fileBytes / seconds));
  }

  private static double mp4Seconds(ByteBuffer in) {
    long at = 0;
    for (int box = 0; box < MOST && at + 40 <= in.limit(); box++) {
      long length = Integer.toUnsignedLong(in.getInt((int) at));
      int type = in.getInt((int) at + 4);
      if (type == MOOV) {
        at += 8;
      } else if (type == MVHD) {
        return movieSeconds(in, (int) at + 8);
      } else if (length < 8) {
        return 0;
      } else {
        at += length;
      }
    }
    return 0;
  }

  private static double movieSeconds(ByteBuffer in, int at) {
    boolean longer = in.get(at) == 1;
    if (at + 32 > in.limit()) {
      return 0;
    }
    long scale = Integer.toUnsignedLong(in.getInt(at + (longer ? 20 : 12)));
    long duration = longer ? in.getLong(at + 24) : Integer.toUnsignedLong(in.getInt(at + 16));
    return scale == 0 || duration < 0 ? 0 : (double) duration / scale;
  }

  private static double matroskaSeconds(ByteBuffer in) {
    double scale = 1e6;
    double duration = 0;
    int at = 0;
    for (int element = 0; element < MOST && at + 12 <= in.limit(); element++) {
      int idBytes = Integer.numberOfLeadingZeros(in.get(at) & 0xff) - 23;
      if (idBytes > 4) {
        break;
      }
      int id = (int) number(in, at, idBytes);
      int sizeBytes = Integer.numberOfLeadingZeros(in.get(at + idBytes) & 0xff) - 23;
      if (sizeBytes > 8 || at + idBytes + sizeBytes + 8 > in.limit()) {
        break;
      }
      long size = number(in, at + idBytes, sizeBytes) & ((1L << (7 * sizeBytes)) - 1);
      int body = at + idBytes + sizeBytes;
      switch (id) {
        case SEGMENT, INFO -> size = 0; // What is in it comes next.
        case TIMESTAMP_SCALE -> scale = (double) (size <= 8 ? number(in, body, (int) size) : 0);
        case DURATION -> duration = size == 4 ? in.getFloat(body) : in.getDouble(body);
        case EBML, SEEK_HEAD, VOID, CRC -> {}
        default -> {
          if (duration > 0 || size > in.limit()) {
            return duration * scale / 1e9;
          }
        }
      }
      if (size > in.limit() - body) {
        break;
      }
      at = body + (int) size;
    }
    return duration * scale / 1e9;
  }

  private static long number(ByteBuffer in, int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | (in.get(at + i) & 0xff);
    }
    return value;
  }
}
