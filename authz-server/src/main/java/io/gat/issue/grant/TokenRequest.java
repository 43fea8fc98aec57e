package io.gat.issue.grant;

import io.gat.issue.caller.Secret;
import java.util.Optional;

/** A token request that says one thing; nothing in it is proved. */
sealed interface TokenRequest {
  /** What is asked for. */
  Wish wish();

  /** A token about the caller itself. */
  record ClientCredentials(Wish wish) implements TokenRequest {}

  /**
   * A token for another one.
   *
   * @param subjectType the {@code subject_token_type}
   * @param issuedType the token type that is asked for, or {@code access_token}'s
   */
  record Exchange(
      Wish wish, Secret subject, String subjectType, Optional<ActorToken> actor, String issuedType)
      implements TokenRequest {}

  /**
   * What proves who acts.
   *
   * @param type the {@code actor_token_type}
   */
  record ActorToken(Secret token, String type) {}

  /** A token for a signed assertion. */
  record JwtBearer(Wish wish, Secret assertion) implements TokenRequest {}

  /** Its grant. */
  default Grant grant() {
    return switch (this) {
      case ClientCredentials c -> Grant.CLIENT_CREDENTIALS;
      case Exchange e -> Grant.TOKEN_EXCHANGE;
      case JwtBearer j -> Grant.JWT_BEARER;
    };
  }
}
