package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists each key of {@link SluiceConfig} with its default, and no other. */
final class ConfigurationDocTest {

  private static final Pattern ROW = Pattern.compile("^\\| `(sluice\\.[a-z.-]+)` \\| (.+?) \\|.*$");

  @Test
  void documentsEveryKeyAndItsDefault() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    try (Stream<String> lines = Files.lines(Path.of("docs", "configuration.md"))) {
      lines
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .forEach(row -> documented.put(row.group(1), row.group(2).replace("`", "")));
    }
    Map<String, String> mapped = new TreeMap<>();
    collect("sluice", SluiceConfig.class, mapped);
    assertThat(documented.keySet()).isEqualTo(mapped.keySet());
    // A key without a default is described in words, which no test can compare.
    mapped.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            assertThat(documented).containsEntry(key, value);
          }
        });
  }

  private static void collect(String prefix, Class<?> section, Map<String, String> keys) {
    for (Method key : section.getDeclaredMethods()) {
      String name = prefix + "." + nameOf(key);
      if (key.getReturnType().isInterface()
          && key.getReturnType().getName().startsWith(SluiceConfig.class.getName())) {
        collect(name, key.getReturnType(), keys);
      } else {
        WithDefault standard = key.getAnnotation(WithDefault.class);
        keys.put(name, standard == null ? "" : standard.value());
      }
    }
  }

  private static String nameOf(Method key) {
    WithName given = key.getAnnotation(WithName.class);
    return given != null
        ? given.value()
        : key.getName().replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
  }
}
