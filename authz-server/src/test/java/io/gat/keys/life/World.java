package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySet;
import io.gat.keys.TokenSigner;
import io.gat.keys.VerificationKey;
import io.gat.log.Appended;
import io.gat.log.MemoryLog;
import io.gat.log.SharedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Issuers over one log, with a clock that the test sets; nothing runs by itself. */
final class World {
  static final CryptoProvider CRYPTO = CryptoProvider.best();
  static final KeyCause OPERATOR =
      new KeyCause(
          new AuditEvent.Actor(AuditEvent.Actor.Kind.OPERATOR, "alice", "t0k3n"),
          "",
          "req-7",
          "4bf92f3577b34da6a3ce929d0e0e4736");
  static final Duration LEAD = Duration.ofMinutes(30);
  static final Duration TTL = Duration.ofSeconds(60);
  static final Duration LEEWAY = Duration.ofSeconds(5);
  static final KeyTerms TERMS = KeyTerms.of(Algorithm.ES256, LEAD, Duration.ofDays(7), 2, LEEWAY);
  static final Path NO_FILE = Path.of("there-is-no-such-file");

  final Clock clock = new Clock();
  final MemoryLog.Store store = new MemoryLog.Store();
  final List<AuditEvent> audited = new ArrayList<>();
  final List<String> revoked = new ArrayList<>();
  Appended auditAnswers = new Appended.At(1, Appended.Novelty.NEW);
  Appended revokerAnswers = new Appended.At(1, Appended.Novelty.NEW);

  /** Takes what is audited; as {@link #auditAnswers} says, where a test brings no other. */
  AuditTrail trail =
      event -> {
        if (auditAnswers instanceof Appended.At) {
          audited.add(event);
        }
        return CompletableFuture.completedFuture(auditAnswers);
      };

  long appliedByAuthz = Long.MAX_VALUE;
  private int ids;

  SharedLog log(String writer) {
    return new MemoryLog(store, writer, clock);
  }

  SigningKeys issuer(String writer) {
    return issuer(log(writer), TERMS);
  }

  SigningKeys issuer(SharedLog log, KeyTerms terms) {
    return issuer(log, terms, new PlainKek("plain", 1), List.of(), NO_FILE);
  }

  SigningKeys issuer(
      SharedLog log,
      KeyTerms terms,
      KeyEncryption kek,
      List<KeyEncryption> previous,
      Path earlier) {
    SigningKeys keys = closed(log, terms, kek, previous);
    keys.open(earlier);
    return keys;
  }

  SigningKeys closed(
      SharedLog log, KeyTerms terms, KeyEncryption kek, List<KeyEncryption> previous) {
    Revoker revoker =
        (kid, reason, actor) -> {
          revoked.add(kid);
          return CompletableFuture.completedFuture(revokerAnswers);
        };
    return new SigningKeys(
        new SigningKeys.Parts(
            log,
            event -> trail.record(event),
            revoker,
            position -> position <= appliedByAuthz,
            clock,
            clock::uptime,
            CRYPTO),
        terms,
        new KeyChest(kek, previous, CRYPTO),
        () -> "id-" + ids++);
  }

  /** The id of the key that signs. */
  String signs(SigningKeys keys) {
    return signs(keys, "orders", "checkout");
  }

  String signs(SigningKeys keys, String audience, String principal) {
    Instant expiry = clock.instant().plus(TTL);
    return keys.signer()
        .sign("{}", "at+jwt", new TokenSigner.Facts(audience, principal, expiry))
        .kid();
  }

  void pass(Duration time, SigningKeys... issuers) {
    clock.pass(time);
    settle(issuers);
  }

  /** Lets all do what is due, until nobody has anything to do. */
  void settle(SigningKeys... issuers) {
    long before;
    do {
      before = log("-").end();
      for (SigningKeys one : issuers) {
        one.catchUp();
        one.tick();
      }
    } while (log("-").end() > before);
  }

  static List<String> kids(KeySet set) {
    return set.keys().stream().map(VerificationKey::kid).toList();
  }

  List<String> states(SigningKeys keys) {
    return keys.keys().stream().map(KeyStatus::state).toList();
  }
}
