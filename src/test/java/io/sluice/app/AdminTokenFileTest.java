package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminTokenFileTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private final List<String> shown = new ArrayList<>();

  @Test
  void isMadeOnceAndItsOwnersAlone() throws Exception {
    AdminTokenFile.load(folder.resolve("new"), shown::add);
    assertThat(shown).hasSize(1);
    assertThat(shown.getFirst()).hasSizeGreaterThanOrEqualTo(40);
    Path file = folder.resolve("new").resolve("admin-token");
    assertThat(Files.readString(file).strip()).isEqualTo(shown.getFirst());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    AdminTokenFile.load(folder.resolve("new"), shown::add);
    assertThat(shown).as("said at the first start alone").hasSize(1);
  }

  @Test
  void differsFromFolderToFolder() {
    AdminTokenFile.load(folder.resolve("a"), shown::add);
    AdminTokenFile.load(folder.resolve("b"), shown::add);
    assertThat(shown).doesNotHaveDuplicates();
  }

  @Test
  void saysWhatIsNoToken() throws Exception {
    for (String wrong : List.of("", "two words", "x".repeat(5000))) {
      Files.writeString(folder.resolve("admin-token"), wrong);
      assertThatThrownBy(() -> AdminTokenFile.load(folder, shown::add))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("holds no admin token");
    }
  }

  @Test
  void isGoodForOneRunWhereNothingCanBeWritten() throws Exception {
    Path noFolder = Files.writeString(folder.resolve("file"), "x");
    AdminTokenFile.load(noFolder, shown::add);
    assertThat(shown).hasSize(1);
  }
}
