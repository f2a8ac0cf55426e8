package io.sluice.app;

import io.sluice.http.AdminToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * {@code admin-token} in the gateway's folder: made once, when the operator names none, and
 * readable by its owner alone.
 */
final class AdminTokenFile {

  private static final Logger LOG = Logger.getLogger(AdminTokenFile.class);

  private static final String NAME = "admin-token";
  private static final int TOKEN_BYTES = 32;
  private static final int MAX_FILE_BYTES = 4096;

  private AdminTokenFile() {}

  /**
   * The token of the last run; a new one when there was none.
   *
   * @param show is told a new one, once
   */
  static AdminToken load(Path data, Consumer<String> show) {
    Path file = data.resolve(NAME);
    try {
      if (!Files.exists(file)) {
        return create(file, show);
      }
      warnIfOthersRead(file);
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IllegalStateException(file + " holds no admin token: remove it");
      }
      return new AdminToken(Files.readString(file).strip());
    } catch (IOException failure) {
      String token = random();
      LOG.warnf("%s: the admin token is good for this run alone", failure);
      show.accept(token);
      return new AdminToken(token);
    } catch (IllegalArgumentException broken) {
      throw new IllegalStateException(file + " holds no admin token: remove it", broken);
    }
  }

  private static AdminToken create(Path file, Consumer<String> show) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    String token = random();
    // Its owner's alone from the first moment on, and never half of it.
    Path half = file.resolveSibling(NAME + ".half");
    Files.deleteIfExists(half);
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            half,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownersAlone(half))) {
      ByteBuffer bytes = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (FileAlreadyExistsException race) {
      throw new IOException("another process writes " + half, race);
    }
    Files.move(half, file);
    show.accept(token);
    return new AdminToken(token);
  }

  private static FileAttribute<?>[] ownersAlone(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
        }
        : new FileAttribute<?>[0];
  }

  private static void warnIfOthersRead(Path file) throws IOException {
    if (isPosix(file)
        && Files.getPosixFilePermissions(file).stream()
            .anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
      LOG.warnf("Others on this machine can get at %s: chmod 600 would keep it yours", file);
    }
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static String random() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
