package io.sluice.library;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What the operating system says when a file cannot be had, in a few words. */
final class IoReason {

  private IoReason() {}

  /** Without the path, which whoever says it names anyway. */
  static String of(IOException failure) {
    if (failure instanceof FileSystemException named) {
      return named.getReason() != null
          ? named.getReason()
          : failure.getClass().getSimpleName().replaceAll("Exception$", "");
    }
    return String.valueOf(failure.getMessage());
  }
}
