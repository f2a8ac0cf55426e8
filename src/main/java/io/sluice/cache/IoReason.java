package io.sluice.cache;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What the operating system says when a file cannot be had, in a few words. */
public final class IoReason {

  private IoReason() {}

  /** Without the path, which whoever says it names anyway. */
  public static String of(IOException failure) {
    if (failure instanceof FileSystemException named) {
      return named.getReason() != null
          ? named.getReason()
          : failure.getClass().getSimpleName().replaceAll("Exception$", "");
    }
    return String.valueOf(failure.getMessage());
  }
}
