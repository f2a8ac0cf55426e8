package io.sluice.peers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A process of a test, with what it has printed so far; ended by its own id when closed, at the
 * latest when this JVM ends.
 *
 * <p>Safe for any thread.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(15);

  private final String label;
  private final Process process;
  private final Thread reader;
  private final Thread lastResort;
  private final List<String> output = new ArrayList<>();
  private boolean silent;

  private ChildProcess(String label, Process process) {
    this.label = label;
    this.process = process;
    this.reader = Thread.ofVirtual().name("output of " + label).start(this::read);
    this.lastResort = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  /**
   * Starts a program, its standard error among its output.
   *
   * @param label what to call it when something goes wrong
   * @param environment added to this process's own
   */
  public static ChildProcess start(
      String label, Path folder, List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectErrorStream(true).environment().putAll(environment);
    try {
      return new ChildProcess(label, builder.start());
    } catch (IOException failure) {
      throw new UncheckedIOException(label + " did not start", failure);
    }
  }

  /** The first answer that {@code find} gives for a line, from the first line on. */
  public <T> T await(Duration limit, String what, Function<String, Optional<T>> find) {
    long deadline = System.nanoTime() + limit.toNanos();
    int next = 0;
    synchronized (output) {
      while (true) {
        for (; next < output.size(); next++) {
          Optional<T> found = find.apply(output.get(next));
          if (found.isPresent()) {
            return found.get();
          }
        }
        long left = deadline - System.nanoTime();
        if (silent || left <= 0) {
          String how = silent ? "ended without " : "has not come within " + limit + " to ";
          throw new AssertionError(label + " " + how + what + "; it said:\n" + said());
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(output, left);
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted while waiting for " + label, stop);
        }
      }
    }
  }

  /** Lines printed so far, standard error among them. */
  public List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Writes one line to its standard input. */
  public void send(String line) {
    try {
      BufferedWriter input = process.outputWriter(StandardCharsets.UTF_8);
      input.write(line);
      input.newLine();
      input.flush();
    } catch (IOException gone) {
      throw new AssertionError(label + " takes no more input; it said:\n" + said(), gone);
    }
  }

  /** Waits until it has ended by itself; its exit code. */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(label + " still runs after " + limit + "; it said:\n" + said());
      }
      reader.join();
      return process.exitValue();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + label, stop);
    }
  }

  /** Asks it to end (SIGTERM), and expects that it does; its exit code. */
  public int stop() {
    process.destroy();
    return awaitExit(GRACE);
  }

  /** Ends it at once (SIGKILL), as a crash would. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(GRACE);
  }

  /** Asks it to end, and ends it when it does not: never fails. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    if (!Thread.currentThread().equals(lastResort)) {
      forgetLastResort();
    }
  }

  private void forgetLastResort() {
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException alreadyEnding) {
      // The hook then finds the process gone.
    }
  }

  private String said() {
    List<String> lines = output();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (output) {
          output.add(line);
          output.notifyAll();
        }
      }
    } catch (IOException closed) {
      // The process is gone; what it said is kept.
    } finally {
      synchronized (output) {
        silent = true;
        output.notifyAll();
      }
    }
  }
}
