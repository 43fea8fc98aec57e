package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Corretto's jars of two processors lie in one folder, and nobody knows which comes first. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class CryptoProviderTest {
  @ParameterizedTest
  @ValueSource(strings = {"linux-x86_64", "linux-aarch_64"})
  void findsThisMachinesBuildWhicheverComesFirst(String first) throws Exception {
    List<String> classPath =
        new ArrayList<>(
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
    List<String> firsts = classPath.stream().filter(jar -> jar.contains(first)).toList();
    assertEquals(1, firsts.size(), "the class path has the jar: " + classPath);
    classPath.removeAll(firsts);
    classPath.addAll(0, firsts);
    assertTrue(
        classPath.stream().filter(jar -> jar.contains("CorrettoCryptoProvider")).count() == 2,
        classPath.toString());

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(File.pathSeparator, classPath),
                ProviderOrder.class.getName())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    boolean built =
        System.getProperty("os.name").equals("Linux")
            && List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    String provider = built ? "AmazonCorrettoCryptoProvider" : "the JDK";
    assertTrue(out.contains("CryptoProvider[" + provider + "] 3"), out);
  }
}
