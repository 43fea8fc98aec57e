package io.gat.keys;

/** Says in a process of its own which provider computes signatures, and uses it. */
final class ProviderOrder {
  private ProviderOrder() {}

  public static void main(String[] arguments) {
    CryptoProvider provider = CryptoProvider.corretto().orElseGet(CryptoProvider::jdk);
    SigningKey key = SigningKey.generate(Algorithm.ES256, provider);
    System.out.println(provider + " " + key.sign("{}", "at+jwt").split("\\.", -1).length);
  }
}
