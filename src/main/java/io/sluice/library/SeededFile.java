package io.sluice.library;

import io.sluice.cache.IoReason;
import io.sluice.metainfo.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a file of a torrent lies on this machine, and how it looked when it was hashed: one that
 * still looks so is taken to have the same bytes, until a piece of it turns out to have others.
 *
 * @param length bytes
 * @param modified when it was written last, which whoever writes it may set as they like
 * @param changed when anything of it was changed last, which nobody can set; {@link #UNKNOWN} on
 *     systems that do not tell
 */
public record SeededFile(Path path, long length, FileTime modified, FileTime changed) {

  /** No file was ever changed then. */
  public static final FileTime UNKNOWN = FileTime.fromMillis(0);

  /** Stands for a pad file (BEP 47), which nobody stores. */
  static final SeededFile PAD = new SeededFile(Path.of(""), 0, UNKNOWN, UNKNOWN);

  /**
   * Looks at a file, without reading it.
   *
   * @throws IOException when there is none, or it is something else
   */
  static SeededFile look(Path path) throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    if (!now.isRegularFile()) {
      throw new IOException(path + " is not a file");
    }
    return new SeededFile(path, now.size(), now.lastModifiedTime(), changed(path));
  }

  /** Looks at all files of a source, in their order. */
  static List<SeededFile> look(SourceFiles sources) throws IOException {
    List<SeededFile> looks = new ArrayList<>();
    for (SourceFiles.SourceFile file : sources.files()) {
      looks.add(look(file.location()));
    }
    return looks;
  }

  /** When anything of a file was changed last, if the system tells. */
  static FileTime changed(Path path) throws IOException {
    try {
      return Files.getAttribute(path, "unix:ctime") instanceof FileTime time ? time : UNKNOWN;
    } catch (UnsupportedOperationException | IllegalArgumentException elsewhere) {
      return UNKNOWN;
    }
  }

  /** Why it cannot be taken to have the bytes that it had; does not read it. */
  Optional<String> trouble() {
    if (path.equals(PAD.path)) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return now.isRegularFile() && now.size() == length && now.lastModifiedTime().equals(modified)
          ? Optional.empty()
          : Optional.of(path + " has changed since it was added");
    } catch (NoSuchFileException gone) {
      return Optional.of(path + " has vanished");
    } catch (IOException failure) {
      return Optional.of(path + " cannot be read: " + IoReason.of(failure));
    }
  }
}
