package io.sluice.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files to share, the same in every run, made when they are first asked for. */
public final class Media {

  public static final int MIB = 1 << 20;

  private static final Path FOLDER = Path.of("target", "test-media");
  private static final Path CLIP = Path.of("demo", "clip.mp4");

  private Media() {}

  /** A file of incompressible bytes, told by its length and seed. */
  public static Path random(long length, long seed) {
    return write(FOLDER.resolve("random-%d-%d.bin".formatted(length, seed)), length, seed);
  }

  /**
   * A folder of several files whose names need care: spaces, accents, signs of URLs, subfolders.
   */
  public static Path folder() {
    return folder("Été à Zürich, 50% off");
  }

  /** The same with a name that webtorrent in Node cannot seed, since it drops signs on disk. */
  public static Path folderOfHardNames() {
    Path folder = folder("Été à Genève, 50% off");
    write(folder.resolve("100% 😀, or what?.bin"), 100_003, 15);
    return folder;
  }

  private static Path folder(String name) {
    Path folder = FOLDER.resolve(name);
    write(folder.resolve("film one.mp4"), 5 * MIB + 123, 11);
    write(folder.resolve("tiny #1.txt"), 7, 12);
    write(folder.resolve("sub dir").resolve("Überraschung & más+more.bin"), 3 * MIB, 13);
    write(folder.resolve("sub dir").resolve("映画 字幕.vtt"), 40_001, 14);
    return folder;
  }

  /** A file whose name has all that URLs find hard. */
  public static Path named(String name, long length, long seed) {
    return write(FOLDER.resolve(name), length, seed);
  }

  /** The demo's clip, faststart as it is in the repository. */
  public static Path clip() {
    return CLIP;
  }

  /**
   * The same clip with its index ({@code moov}) at the end: a player must seek before it starts.
   */
  public static Path clipWithIndexAtEnd() {
    Path made = FOLDER.resolve("index-at-end.mp4");
    return Files.exists(made) ? made : ffmpeg(made, List.of("-i", CLIP.toString(), "-c", "copy"));
  }

  /** A minute of moving pictures and sound, some 4 Mbit/s, in a file that plays as it comes. */
  public static Path film() {
    Path made = FOLDER.resolve("film.mp4");
    return Files.exists(made)
        ? made
        : ffmpeg(
            made,
            ("-f lavfi -i testsrc2=size=1280x720:rate=30,noise=alls=18:allf=t"
                    + " -f lavfi -i sine=440 -t 60 -c:v libx264 -preset ultrafast -b:v 4M"
                    + " -maxrate 4M -bufsize 8M -g 60 -pix_fmt yuv420p -c:a aac"
                    + " -movflags +faststart")
                .transform(words -> List.of(words.split(" "))));
  }

  /** SHA-256 of a file in hex. */
  public static String sha256(Path file) {
    try (InputStream bytes =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      bytes.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) bytes).getMessageDigest().digest());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** SHA-256 of a file, or of each in a folder, by a path that begins with its own name. */
  public static Map<String, String> hashes(Path content) {
    Path base = content.toAbsolutePath().resolveSibling("");
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(content.toAbsolutePath())) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> hashes.put(base.relativize(file).toString(), sha256(file)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return hashes;
  }

  private static Path ffmpeg(Path made, List<String> arguments) {
    Path half = made.resolveSibling("half-" + made.getFileName());
    List<String> command =
        Stream.of(
                List.of("ffmpeg", "-hide_banner", "-loglevel", "error", "-y"),
                arguments,
                List.of(half.toString()))
            .flatMap(List::stream)
            .toList();
    try (ChildProcess process =
        ChildProcess.start(
            "ffmpeg", Files.createDirectories(FOLDER).resolve("../.."), command, Map.of())) {
      if (process.awaitExit(Duration.ofMinutes(3)) != 0) {
        throw new AssertionError("ffmpeg: " + process.output());
      }
      return Files.move(half, made, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Path write(Path file, long length, long seed) {
    try {
      if (Files.exists(file) && Files.size(file) == length) {
        return file;
      }
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path half = file.resolveSibling("half-" + file.getFileName());
      SplittableRandom random = new SplittableRandom(seed);
      byte[] chunk = new byte[MIB];
      try (OutputStream out = Files.newOutputStream(half)) {
        for (long left = length; left > 0; left -= chunk.length) {
          random.nextBytes(chunk);
          out.write(chunk, 0, (int) Math.min(left, chunk.length));
        }
      }
      return Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
