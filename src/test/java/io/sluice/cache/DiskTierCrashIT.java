package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.peers.ChildProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 at random moments of keeping, evicting, reading and forgetting, and a fresh process that
 * says what it finds, over and over in one folder. As many rounds as {@code sluice.crash.rounds}.
 */
final class DiskTierCrashIT {

  private static final int ROUNDS = Integer.getInteger("sluice.crash.rounds", 200);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path temp;

  /**
   * When each pinned piece was given, by what the killed processes said, since it was forgotten.
   */
  private final Map<Integer, Long> given = new HashMap<>();

  private final Set<Integer> held = new HashSet<>();
  private String classPath = "";
  private int jars;
  private long killedMillis;
  private long lastKillMillis;
  private int killedEarly;
  private int killedWorking;
  private int lostYoung;
  private long mostHeld;

  @Test
  void killedAtAnyMomentNothingKeptIsLostAndNoByteIsWrong() {
    archiveClasses();
    Random random = new Random(20261122);
    for (int round = 0; round < ROUNDS; round++) {
      boolean early = round % 10 == 9;
      boolean late = round % 20 == 5;
      long millis = early ? random.nextInt(300) : random.nextInt(late ? 2500 : 300);
      try (ChildProcess process = start(random.nextLong())) {
        if (!early) {
          process.await(
              LIMIT, "READY", line -> line.equals("READY") ? Optional.of(line) : Optional.empty());
        }
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        killedMillis = System.currentTimeMillis();
        process.kill();
        takeIn(round, process.output());
      }
    }
    System.out.printf(
        "%d kills: %d while opening, %d at work; %d pieces younger than a second were lost; %d pieces held at most%n",
        ROUNDS, killedEarly, killedWorking, lostYoung, mostHeld);
    assertThat(killedWorking).isGreaterThan(ROUNDS / 2);
    assertThat(mostHeld).as("the rounds build on each other").isGreaterThan(50);
  }

  /** Hundreds of processes start faster from an archive of their classes, which takes jars. */
  private void archiveClasses() {
    List<String> path = new ArrayList<>();
    for (String entry :
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
            .split(File.pathSeparator, -1)) {
      if (entry.isEmpty()) {
        continue; // The path ends with a colon, and an empty entry is the folder that we are in.
      }
      path.add(Files.isDirectory(Path.of(entry)) ? jar(entry) : entry);
    }
    classPath = String.join(File.pathSeparator, path);
    try (ChildProcess process =
        start("-XX:ArchiveClassesAtExit=" + archive(), "first", "1", "300")) {
      assertThat(process.awaitExit(LIMIT)).as("%s", process.output()).isZero();
    }
  }

  private String jar(String folder) {
    String jar = temp.resolve(jars++ + ".jar").toString();
    int exit =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(System.out, System.err, "--create", "--file", jar, "-C", folder, ".");
    assertThat(exit).isZero();
    return jar;
  }

  private Path archive() {
    return temp.resolve("classes.jsa");
  }

  private ChildProcess start(long seed) {
    return start("-XX:SharedArchiveFile=" + archive(), "pieces", Long.toString(seed));
  }

  private ChildProcess start(String option, String folder, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                option,
                "-cp",
                classPath,
                CrashingTier.class.getName(),
                temp.resolve(folder).toString()));
    command.addAll(List.of(more));
    return ChildProcess.start("crashing tier", Path.of("."), command, Map.of());
  }

  private void takeIn(int round, List<String> lines) {
    boolean ready = lines.contains("READY");
    assertThat(lines)
        .as("round %d", round)
        .noneMatch(line -> line.startsWith("WRONG") || line.startsWith("PROBLEM"))
        .noneMatch(line -> line.contains("Exception"));
    if (ready) {
      checkFound(round, lines);
      killedWorking++;
    } else {
      killedEarly++;
    }
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "OPEN" ->
            assertThat(words[2] + words[3]).as("pieces hashed and read to open").isEqualTo("00");
        case "GIVEN" -> given.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
        case "FORGET" -> {
          given.clear();
          held.clear();
        }
        default -> {}
      }
    }
    assertThat(Files.exists(temp.resolve("pieces"))).isTrue();
    lastKillMillis = killedMillis;
  }

  private void checkFound(int round, List<String> lines) {
    Set<Integer> now = new HashSet<>();
    lines.stream()
        .filter(line -> line.startsWith("HELD "))
        .forEach(line -> now.add(Integer.parseInt(line.substring(5))));
    given.forEach(
        (piece, when) -> {
          if (!now.contains(piece)) {
            assertThat(lastKillMillis - when)
                .as(
                    "round %d: piece %d was kept so long before the kill (ms), and is gone",
                    round, piece)
                .isLessThan(1000);
            lostYoung++;
          }
        });
    for (int piece : held) {
      assertThat(now).as("round %d: was found by the process before", round).contains(piece);
    }
    given.keySet().retainAll(now);
    held.clear();
    held.addAll(now);
    mostHeld = Math.max(mostHeld, now.size());
  }
}
