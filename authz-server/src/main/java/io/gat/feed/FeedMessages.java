package io.gat.feed;

import io.gat.feed.v1.Change;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import java.time.Instant;

/** Changes as messages and back. */
final class FeedMessages {
  private FeedMessages() {}

  /** A message that this version cannot apply: whoever skipped it would allow what is revoked. */
  static final class UnknownChangeException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownChangeException(String message) {
      super(message);
    }
  }

  static Change write(FeedChange change) {
    Change.Builder message = Change.newBuilder();
    switch (change) {
      case FeedChange.Added added -> message.setAdded(write(added.revocation()));
      case FeedChange.Lifted lifted -> message.setLifted(write(lifted.revocation()));
      case FeedChange.Ended ended -> message.setEndedBeforeMillis(ended.before().toEpochMilli());
    }
    return message.build();
  }

  static FeedChange read(Change message) throws UnknownChangeException {
    return switch (message.getChangeCase()) {
      case ADDED -> new FeedChange.Added(read(message.getAdded()));
      case LIFTED -> new FeedChange.Lifted(read(message.getLifted()));
      case ENDED_BEFORE_MILLIS ->
          new FeedChange.Ended(Instant.ofEpochMilli(message.getEndedBeforeMillis()));
      case CHANGE_NOT_SET -> throw new UnknownChangeException("a change of a later version");
    };
  }

  private static io.gat.feed.v1.Revocation write(Revocation revocation) {
    io.gat.feed.v1.Revocation.Builder message =
        io.gat.feed.v1.Revocation.newBuilder()
            .setRevokedAtMillis(Revocation.millis(revocation.revokedAt()))
            .setBlock(revocation.reach() == Reach.ALL);
    String issuer = revocation.issuer();
    if (issuer != null) {
      message.setIssuer(issuer);
    }
    return switch (revocation.selector()) {
      case Selector.ByTokenId s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_TOKEN_ID, s.tokenId());
      case Selector.ByJti s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_JTI, s.jti());
      case Selector.BySubject s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_SUBJECT, s.subject());
      case Selector.ByClient s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_CLIENT, s.client());
      case Selector.ByAudience s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_AUDIENCE, s.audience());
      case Selector.ByKid s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_KID, s.kid());
      case Selector.Everything s ->
          selected(message, io.gat.feed.v1.Revocation.Selector.SELECTOR_EVERYTHING, "");
    };
  }

  private static io.gat.feed.v1.Revocation selected(
      io.gat.feed.v1.Revocation.Builder message,
      io.gat.feed.v1.Revocation.Selector kind,
      String value) {
    return message.setSelector(kind).setValue(value).build();
  }

  private static Revocation read(io.gat.feed.v1.Revocation message) throws UnknownChangeException {
    String value = message.getValue();
    Selector selector =
        switch (message.getSelector()) {
          case SELECTOR_TOKEN_ID -> new Selector.ByTokenId(value);
          case SELECTOR_JTI -> new Selector.ByJti(value);
          case SELECTOR_SUBJECT -> new Selector.BySubject(value);
          case SELECTOR_CLIENT -> new Selector.ByClient(value);
          case SELECTOR_AUDIENCE -> new Selector.ByAudience(value);
          case SELECTOR_KID -> new Selector.ByKid(value);
          case SELECTOR_EVERYTHING -> new Selector.Everything();
          case SELECTOR_UNSPECIFIED, UNRECOGNIZED ->
              throw new UnknownChangeException("a revocation by what this version does not know");
        };
    return new Revocation(
        selector,
        message.getIssuer().isEmpty() ? null : message.getIssuer(),
        Instant.ofEpochMilli(message.getRevokedAtMillis()),
        message.getBlock() ? Reach.ALL : Reach.ISSUED_BEFORE);
  }
}
