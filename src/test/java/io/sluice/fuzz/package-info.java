/**
 * One target per parser of bytes from strangers: whatever comes in, it answers or throws its own
 * exception and nothing else, and what it accepts survives being written and read again.
 *
 * <p>{@code FuzzTargetsTest} runs each target over its corpus in {@code src/test/resources/fuzz}
 * and over mutations of it from fixed seeds; that takes seconds and is part of every build. To
 * search longer, led by coverage, run a target under Jazzer:
 *
 * <pre>{@code
 * ./mvnw -q test-compile dependency:build-classpath -Dmdep.outputFile=target/fuzz.classpath \
 *   -Dmdep.includeGroupIds=com.code-intelligence,com.fasterxml.jackson.core
 * mkdir -p target/fuzz/bencode
 * java --enable-native-access=ALL-UNNAMED -Xmx1g \
 *   -cp target/classes:target/test-classes:$(cat target/fuzz.classpath) \
 *   com.code_intelligence.jazzer.Jazzer --target_class=io.sluice.fuzz.BencodeFuzz \
 *   --instrumentation_includes='io.sluice.**' -max_total_time=120 -rss_limit_mb=3000 \
 *   target/fuzz/bencode src/test/resources/fuzz/bencode
 * }</pre>
 *
 * <p>It keeps what it learns in {@code target/fuzz/bencode} and writes the input of a failure to a
 * file {@code crash-...}: mend the parser and add that file to the corpus under a name that says
 * what it is. {@code FuzzTargetsTest} lists the targets and their folders.
 */
@NullMarked
package io.sluice.fuzz;

import org.jspecify.annotations.NullMarked;
