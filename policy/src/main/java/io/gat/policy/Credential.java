package io.gat.policy;

/** The one place where a service reads its callers' token. */
public enum Credential {
  /** The {@code authorization} header, scheme {@code Bearer} or {@code DPoP} in any case. */
  BEARER("bearer", "authorization"),
  /** The {@code txn-token} header, as the transaction token draft has it. */
  TXN_TOKEN("txn-token", "txn-token");

  private final String word;
  private final String header;

  Credential(String word, String header) {
    this.word = word;
    this.header = header;
  }

  /** How a policy file writes it. */
  public String word() {
    return word;
  }

  /** The header's name in lower case. */
  public String header() {
    return header;
  }
}
