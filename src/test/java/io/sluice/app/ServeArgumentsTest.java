package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServeArgumentsTest {

  private static ServeArguments parse(String... words) {
    return ServeArguments.parse(List.of(words));
  }

  @Test
  void nothingIsAGatewayAsConfigured() {
    assertThat(parse())
        .isEqualTo(new ServeArguments(Map.of(), List.of(), ServeArguments.Asks.NOTHING));
  }

  @Test
  void optionsMayStandAnywhereAndHaveTheirValueEitherWay() {
    ServeArguments read =
        parse("magnet:?xt=a=b", "--port", "0", "--host=::1", "--open", "a film.mp4", "--data=x=y");
    assertThat(read.sources()).containsExactly("magnet:?xt=a=b", "a film.mp4");
    assertThat(read.settings())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "sluice.port", "0",
                "sluice.host", "::1",
                "sluice.open", "true",
                "sluice.data", "x=y"));
  }

  @Test
  void quietIsQuietInTheLogToo() {
    assertThat(parse("--quiet").settings())
        .isEqualTo(Map.of("sluice.quiet", "true", "quarkus.log.level", "WARN"));
  }

  @Test
  void afterTwoDashesAllAreSources() {
    assertThat(parse("--", "--port", "-x").sources()).containsExactly("--port", "-x");
  }

  @Test
  void helpAndVersion() {
    assertThat(parse("--help").asks()).isEqualTo(ServeArguments.Asks.HELP);
    assertThat(parse("x", "-h").asks()).isEqualTo(ServeArguments.Asks.HELP);
    assertThat(parse("-V").asks()).isEqualTo(ServeArguments.Asks.VERSION);
    for (String option : parse("--open", "--public-url", "https://a.example").settings().keySet()) {
      assertThat(ServeArguments.help()).contains("--" + option.substring("sluice.".length()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--prot 1, there is no option --prot",
    "--prot=1, there is no option --prot=1",
    "--open=yes, there is no option --open=yes",
    "--port, --port takes a value",
    "--port=, --port takes a value",
    "--port x, --port takes a number from 0 to 65535",
    "--port -1, --port takes a number from 0 to 65535",
    "--public-url ftp://a.example, --public-url takes an http or https URL",
    "--public-url https:, --public-url takes an http or https URL"
  })
  void mistakes(String line, String said) {
    assertThatThrownBy(() -> parse(line.split(" ")))
        .isInstanceOf(ServeArguments.MistakeException.class)
        .hasMessageContaining(said);
  }
}
