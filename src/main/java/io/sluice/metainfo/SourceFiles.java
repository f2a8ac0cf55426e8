package io.sluice.metainfo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files that a torrent of a file or folder is made of, in an order that depends on their names
 * alone.
 *
 * <p>Inside a folder, what is hidden (its name begins with a dot) or what systems leave behind
 * ({@code Thumbs.db}, {@code __MACOSX}, ...) is left out, as create-torrent does; so is what is
 * neither file nor folder. A link to a file counts as that file when it is inside the folder too;
 * links that lead out, and links to folders, are left out.
 *
 * @param name the torrent's name
 * @param folder whether the source is a folder
 */
public record SourceFiles(String name, boolean folder, List<SourceFile> files) {

  /**
   * One of them.
   *
   * @param path names below the source; empty for a source that is one file
   * @param location its real path
   */
  public record SourceFile(List<String> path, Path location, long length) {}

  private static final Pattern JUNK =
      Pattern.compile("\\..*|__MACOSX|.*~|Thumbs\\.db|ehthumbs\\.db|[Dd]esktop\\.ini|@eaDir");

  private static final Comparator<SourceFile> BY_PATH =
      Comparator.comparing(SourceFile::path, SourceFiles::compare);

  /**
   * Looks what there is, without reading it.
   *
   * @throws MetainfoException when there is no such file, or nothing in the folder, or too much
   * @throws IOException when the folder cannot be read
   */
  public static SourceFiles of(Path source) throws IOException {
    if (!Files.exists(source)) {
      throw new MetainfoException("no such file or folder: " + source);
    }
    Path real = source.toRealPath();
    Path named = source.toAbsolutePath().normalize().getFileName();
    if (named == null) {
      throw new MetainfoException("a torrent needs a name, and this folder has none: " + source);
    }
    if (Files.isDirectory(real)) {
      return new SourceFiles(named.toString(), true, list(real));
    }
    if (Files.isRegularFile(real)) {
      SourceFile file = new SourceFile(List.of(), real, Files.size(real));
      return new SourceFiles(named.toString(), false, List.of(file));
    }
    throw new MetainfoException("neither a file nor a folder: " + source);
  }

  private static List<SourceFile> list(Path root) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    Files.walkFileTree(root, new Collector(root, files));
    if (files.isEmpty()) {
      throw new MetainfoException("no files in " + root);
    }
    files.sort(BY_PATH);
    return List.copyOf(files);
  }

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<SourceFile> files;

    Collector(Path root, List<SourceFile> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(root) || !junk(folder)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!junk(file)) {
        if (attributes.isRegularFile()) {
          add(file, file, attributes.size());
        } else if (attributes.isSymbolicLink() && Files.isRegularFile(file)) {
          Path target = file.toRealPath();
          if (target.startsWith(root)) {
            add(file, target, Files.size(target));
          }
        }
      }
      return FileVisitResult.CONTINUE;
    }

    private void add(Path file, Path location, long length) {
      if (files.size() == MetainfoLimits.DEFAULT.maxFiles()) {
        throw new MetainfoException("more than " + files.size() + " files in " + root);
      }
      List<String> path = new ArrayList<>();
      root.relativize(file).forEach(element -> path.add(element.toString()));
      files.add(new SourceFile(List.copyOf(path), location, length));
    }

    private static boolean junk(Path path) {
      return JUNK.matcher(String.valueOf(path.getFileName())).matches();
    }
  }
}
