package io.sluice.library;

import io.sluice.metainfo.SourceFiles;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The torrents of the library that are made of files of this machine, by those files. What is known
 * of them outlives the process, so that nothing is hashed twice that has not changed.
 *
 * <p>Safe for any thread; all methods do I/O, and none reads a file of the user's.
 */
public final class SeededTorrents {

  private final Library library;

  public SeededTorrents(Library library) {
    this.library = library;
  }

  /** The torrent that was made of these very files, if all of them look as they did then. */
  public Optional<InfoHash> madeOf(SourceFiles sources) {
    return all()
        .filter(torrent -> torrent.name().equals(sources.name()))
        .filter(torrent -> look(sources).filter(torrent.seededFiles()::equals).isPresent())
        .filter(
            torrent -> isFolder(torrent).filter(folder -> folder == sources.folder()).isPresent())
        .map(KnownTorrent::infoHash)
        .findFirst();
  }

  private Optional<Boolean> isFolder(KnownTorrent torrent) {
    return torrent.info().map(info -> info.multiFile());
  }

  private static Optional<List<SeededFile>> look(SourceFiles sources) {
    try {
      return Optional.of(SeededFile.look(sources));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** What lies right in a folder, or did, and is a torrent. */
  public Map<Path, InfoHash> madeIn(Path folder) {
    Path real = realPath(folder);
    Map<Path, InfoHash> made = new HashMap<>();
    all()
        .forEach(
            torrent -> {
              Path first = torrent.seededFiles().getFirst().path();
              if (first.startsWith(real) && !first.equals(real)) {
                Path child = folder.resolve(real.relativize(first).getName(0).toString());
                if (torrent.name().equals(String.valueOf(child.getFileName()))) {
                  made.put(child, torrent.infoHash());
                }
              }
            });
    return made;
  }

  private static Path realPath(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException gone) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /** Looks at the files of torrents that are dormant, at which nobody else looks. */
  public void look() {
    all().forEach(KnownTorrent::lookAtFiles);
  }

  private Stream<KnownTorrent> all() {
    return library.list().stream().filter(torrent -> !torrent.seededFiles().isEmpty());
  }
}
