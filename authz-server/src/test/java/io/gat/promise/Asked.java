package io.gat.promise;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A revocation that somebody wants, and asks for until the issuer has acknowledged it.
 *
 * @param number of this run
 * @param kind of its selector, as the admin API names it
 * @param value of its selector, empty for everything
 * @param issuedBefore null for now
 * @param block whether later tokens are hit, too
 * @param holders the token, where its holder asks (RFC 7009); null for an operator
 */
record Asked(
    int number,
    String kind,
    String value,
    @Nullable Instant issuedBefore,
    boolean block,
    @Nullable String holders) {

  String selector() {
    return kind + " " + value;
  }

  /** Whether it names one token by its own id. */
  boolean namesIt() {
    return kind.equals("token_id") || kind.equals("jti");
  }

  /** What an operator finds it by. */
  String reason() {
    return holders == null ? "promise " + number : "by its holder";
  }

  @Override
  public String toString() {
    return "#"
        + number
        + " "
        + selector()
        + (block ? " block" : "")
        + (issuedBefore == null ? "" : " issued before " + issuedBefore)
        + (holders == null ? "" : " by its holder");
  }
}
