package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process, one version, and no folder is no disaster. */
final class DataFolderTest {

  @TempDir Path temp;

  @Test
  void isMadeAndCanBeOpenedAgainAndAgain() throws IOException {
    Path folder = temp.resolve("a").resolve("b");
    for (int i = 0; i < 3; i++) {
      try (DataFolder data = DataFolder.open(folder)) {
        assertThat(data.problem()).isEmpty();
        assertThat(data.resolve("pieces")).isEqualTo(folder.resolve("pieces"));
      }
    }
    assertThat(folder.resolve("version")).hasContent("1\n");
  }

  @Test
  void isRefusedToASecondOne() throws IOException {
    try (DataFolder _ = DataFolder.open(temp)) {
      assertThatThrownBy(() -> DataFolder.open(temp))
          .isInstanceOf(DataFolder.UnusableException.class)
          .hasMessageContaining(temp.toString())
          .hasMessageContaining("another gateway");
      assertThatThrownBy(() -> DataFolder.check(temp))
          .isInstanceOf(DataFolder.UnusableException.class);
    }
    DataFolder.check(temp);
    DataFolder.open(temp).close();
  }

  @Test
  void ofANewerVersionIsLeftAlone() throws IOException {
    Files.writeString(temp.resolve("version"), "2\n");
    assertThatThrownBy(() -> DataFolder.check(temp)).hasMessageContaining("layout 2");
    assertThatThrownBy(() -> DataFolder.open(temp))
        .isInstanceOf(DataFolder.UnusableException.class)
        .hasMessageContaining(temp.toString());
    assertThat(temp.resolve("version")).hasContent("2\n");
    // The lock has been given back.
    Files.writeString(temp.resolve("version"), "1\n");
    DataFolder.open(temp).close();
  }

  @Test
  void checkingMakesNothing() throws IOException {
    Path folder = temp.resolve("none");
    DataFolder.check(folder);
    assertThat(folder).doesNotExist();
  }

  @Test
  void thatVanishesIsAProblemUntilItIsBack() throws IOException {
    Path folder = temp.resolve("data");
    try (DataFolder data = DataFolder.open(folder)) {
      Path away = temp.resolve("away");
      Files.move(folder, away);
      assertThat(data.retry()).hasValueSatisfying(why -> assertThat(why).contains("vanished"));
      assertThat(folder).doesNotExist();
      Files.createDirectory(folder);
      assertThat(data.retry()).isEmpty();
      assertThat(data.problem()).isEmpty();
      assertThatThrownBy(() -> DataFolder.check(folder))
          .isInstanceOf(DataFolder.UnusableException.class);
    }
    DataFolder.check(folder);
  }

  @Test
  void thatCannotBeMadeIsAProblemUntilItCan() throws IOException {
    Path inTheWay = Files.writeString(temp.resolve("data"), "a file");
    try (DataFolder data = DataFolder.open(inTheWay)) {
      assertThat(data.problem()).hasValueSatisfying(why -> assertThat(why).contains("data"));
      assertThat(data.retry()).isPresent();
      Files.delete(inTheWay);
      assertThat(data.retry()).isEmpty();
      assertThat(data.problem()).isEmpty();
      assertThatThrownBy(() -> DataFolder.check(inTheWay))
          .isInstanceOf(DataFolder.UnusableException.class);
    }
  }
}
