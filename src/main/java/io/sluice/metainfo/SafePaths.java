package io.sluice.metainfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives each file of a torrent a harmless path of its own.
 *
 * <p>Two files never share a path, a file is never a folder as well, and this holds on file systems
 * that fold case or Unicode forms: the later one gets a number. Files of one raw folder stay
 * together. Depends on the order of the calls alone. Confined to one thread.
 */
final class SafePaths {

  private final MetainfoLimits limits;
  private final Folder root = new Folder("");
  private int folders;
  private int duplicates;

  SafePaths(MetainfoLimits limits) {
    this.limits = limits;
  }

  /**
   * @param path at least one raw name
   * @param pad whether it is a pad file: those often share a name, and nobody counts them
   * @return as many names, harmless
   * @throws MetainfoException when there are too many folders, or too many files of one name
   */
  List<String> add(List<String> path, boolean pad) {
    List<String> safe = new ArrayList<>(path.size());
    Folder folder = root;
    for (String element : path.subList(0, path.size() - 1)) {
      folder = enter(folder, element);
      safe.add(folder.name);
    }
    String wanted = SafeNames.element(path.getLast());
    String name = folder.claim(wanted);
    if (!pad && !name.equals(wanted) && ++duplicates > limits.maxDuplicates()) {
      throw new MetainfoException("the torrent has too many files of the same name");
    }
    safe.add(name);
    return safe;
  }

  private Folder enter(Folder parent, String raw) {
    Folder known = parent.folders.get(raw);
    if (known != null) {
      return known;
    }
    if (++folders > limits.maxFolders()) {
      throw new MetainfoException("the torrent has more than " + limits.maxFolders() + " folders");
    }
    Folder folder = new Folder(parent.claim(SafeNames.element(raw)));
    parent.folders.put(raw, folder);
    return folder;
  }

  private static final class Folder {
    private final String name;
    private final Map<String, Folder> folders = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** Where to go on counting, so that many equal names don't cost their square. */
    private final Map<String, Integer> lastNumbers = new HashMap<>();

    Folder(String name) {
      this.name = name;
    }

    String claim(String wanted) {
      String folded = SafeNames.folded(wanted);
      if (taken.add(folded)) {
        return wanted;
      }
      int number = lastNumbers.getOrDefault(folded, 1);
      String name;
      do {
        name = SafeNames.numbered(wanted, ++number);
      } while (!taken.add(SafeNames.folded(name)));
      lastNumbers.put(folded, number);
      return name;
    }
  }
}
