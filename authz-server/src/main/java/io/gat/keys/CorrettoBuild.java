package io.gat.keys;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.Provider;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Finds Corretto's provider in the jar that was built for this machine, and sees that it works.
 *
 * <p>There is a jar for each processor, with the same classes and a native library of the same
 * name, and the class path takes the first. A folder's jars come in the order of its directory,
 * which may be any: where another processor's jar is first, the right one is loaded on its own.
 */
final class CorrettoBuild {
  private static final String PROVIDER =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String LIBRARY =
      "com/amazon/corretto/crypto/provider/libamazonCorrettoCryptoProvider.so";

  /** Where an ELF file says for which processor it is: {@code e_machine}, two bytes. */
  private static final int MACHINE_AT = 18;

  private static final int X86_64 = 62;
  private static final int AARCH64 = 183;

  private CorrettoBuild() {}

  /**
   * The provider, loaded and tested by itself; empty where there is no build for this machine.
   *
   * @throws ReflectiveOperationException where it does not load, or fails its own test
   */
  static Optional<Provider> provider() throws IOException, ReflectiveOperationException {
    int machine =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> X86_64;
          case "aarch64", "arm64" -> AARCH64;
          default -> 0;
        };
    ClassLoader loader = CorrettoBuild.class.getClassLoader();
    List<URL> libraries = Collections.list(loader.getResources(LIBRARY));
    for (URL library : libraries) {
      if (machine(library) == machine) {
        return Optional.of(
            library.equals(libraries.getFirst())
                ? working(AmazonCorrettoCryptoProvider.INSTANCE)
                : alone(library));
      }
    }
    return Optional.empty();
  }

  private static int machine(URL library) throws IOException {
    try (InputStream in = library.openStream()) {
      byte[] head = in.readNBytes(MACHINE_AT + 2);
      return head.length < MACHINE_AT + 2
          ? 0
          : (head[MACHINE_AT] & 0xff) | (head[MACHINE_AT + 1] & 0xff) << 8;
    }
  }

  private static Provider working(AmazonCorrettoCryptoProvider provider)
      throws ReflectiveOperationException {
    if (provider.getLoadingError() != null) {
      throw new ReflectiveOperationException(provider.getLoadingError());
    }
    provider.assertHealthy();
    return provider;
  }

  /** The provider of one jar, whose loader lives as long as the process. */
  @SuppressWarnings("resource")
  private static Provider alone(URL library) throws IOException, ReflectiveOperationException {
    if (!(library.openConnection() instanceof JarURLConnection jar)) {
      throw new IOException("not in a jar: " + library);
    }
    ClassLoader loader =
        new URLClassLoader(
            "corretto", new URL[] {jar.getJarFileURL()}, ClassLoader.getPlatformClassLoader());
    Class<?> type = Class.forName(PROVIDER, true, loader);
    Provider provider = (Provider) type.getField("INSTANCE").get(null);
    if (type.getMethod("getLoadingError").invoke(provider) instanceof Throwable error) {
      throw new ReflectiveOperationException(error);
    }
    type.getMethod("assertHealthy").invoke(provider);
    return provider;
  }
}
