package io.gat.keys;

import java.io.IOException;
import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import org.jose4j.jca.ProviderContext;

/**
 * Who computes signatures: the Amazon Corretto Crypto Provider, about ten times faster at elliptic
 * curves, or the JDK where there is no native build of it.
 *
 * <p>jose4j asks for a provider by name, so that Corretto's has to be registered. It is put last:
 * no other code of the process gets another provider by it.
 */
public final class CryptoProvider {
  private static final System.Logger LOG = System.getLogger(CryptoProvider.class.getName());

  private final String name;
  private final ProviderContext context;

  private CryptoProvider(String name, ProviderContext context) {
    this.name = name;
    this.context = context;
  }

  /** Corretto's where it loads and passes its self test, else the JDK's; says which in the log. */
  public static CryptoProvider best() {
    CryptoProvider chosen = corretto().orElseGet(CryptoProvider::jdk);
    LOG.log(System.Logger.Level.INFO, "signatures are computed by {0}", chosen.name);
    return chosen;
  }

  /** The JDK's own providers. */
  public static CryptoProvider jdk() {
    return new CryptoProvider("the JDK", new ProviderContext());
  }

  /** Corretto's, where it loads and passes its self test. */
  public static Optional<CryptoProvider> corretto() {
    Optional<Provider> built;
    try {
      built = CorrettoBuild.provider();
    } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError e) {
      return unusable(e);
    }
    if (built.isEmpty()) {
      return unusable("there is no build for " + System.getProperty("os.arch"));
    }
    Provider provider = built.get();
    Security.addProvider(provider);
    ProviderContext context = new ProviderContext();
    context.getSuppliedKeyProviderContext().setSignatureProvider(provider.getName());
    context.getSuppliedKeyProviderContext().setMacProvider(provider.getName());
    return Optional.of(new CryptoProvider(provider.getName(), context));
  }

  private static Optional<CryptoProvider> unusable(Object why) {
    LOG.log(System.Logger.Level.INFO, "the Corretto crypto provider cannot be used: {0}", why);
    return Optional.empty();
  }

  /** For jose4j. Shared: not to be changed. */
  public ProviderContext context() {
    return context;
  }

  @Override
  public String toString() {
    return "CryptoProvider[" + name + "]";
  }
}
