package io.gat.policy.verify.diff;

import io.gat.policy.parse.Position;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One change of meaning. */
public sealed interface Change {
  Kind kind();

  List<Difference> differences();

  /** What a change does. */
  enum Kind {
    /** Somebody gets where nobody did. */
    OPENED,
    /** Everybody gets there now, without a token. */
    PUBLIC,
    /** It takes less than it took. */
    WEAKENED,
    /** It takes something else than it took: for somebody it may take less. */
    CHANGED,
    /** It takes more than it took. */
    TIGHTENED,
    /** Nobody gets there now, or no longer everybody without a token. */
    CLOSED;

    /** True where somebody may get through who did not. */
    public boolean opens() {
      return switch (this) {
        case OPENED, PUBLIC, WEAKENED, CHANGED -> true;
        case TIGHTENED, CLOSED -> false;
      };
    }

    /** What a relation between two demands means for those who call. */
    static Kind of(Relation relation) {
      return switch (relation) {
        case LOOSER -> WEAKENED;
        case STRICTER -> TIGHTENED;
        case SAME, OTHER -> CHANGED;
      };
    }
  }

  /**
   * A change for the calls to one template of one service.
   *
   * @param template the paths for which it holds, but for those that a more specific template owns
   *     and that did not change
   */
  record OfCalls(
      Kind kind,
      String service,
      String template,
      Methods methods,
      Side before,
      Side after,
      List<Difference> differences)
      implements Change {
    public OfCalls {
      Objects.requireNonNull(kind);
      Objects.requireNonNull(service);
      Objects.requireNonNull(template);
      Objects.requireNonNull(methods);
      Objects.requireNonNull(before);
      Objects.requireNonNull(after);
      differences = List.copyOf(differences);
    }
  }

  /** A change for a whole service: how it is reached, and what it takes everywhere. */
  record OfService(Kind kind, String service, List<Difference> differences) implements Change {
    public OfService {
      Objects.requireNonNull(kind);
      Objects.requireNonNull(service);
      differences = List.copyOf(differences);
    }
  }

  /** A change in which tokens a principal may have for an audience. */
  record OfTokens(Kind kind, String principal, String audience, List<Difference> differences)
      implements Change {
    public OfTokens {
      Objects.requireNonNull(kind);
      Objects.requireNonNull(principal);
      Objects.requireNonNull(audience);
      differences = List.copyOf(differences);
    }
  }

  /**
   * What one policy says of the calls that changed.
   *
   * @param rule the one that says so, if one does
   * @param asks what it takes to get through, requirement by requirement, in words
   */
  record Side(Answer answer, Optional<RuleAt> rule, List<String> asks) {
    public Side {
      Objects.requireNonNull(answer);
      Objects.requireNonNull(rule);
      asks = List.copyOf(asks);
    }
  }

  /** Who gets through. */
  enum Answer {
    /** Nobody: there is no such service. */
    NO_SERVICE,
    /** Nobody: no rule is for these calls. */
    NO_RULE,
    /** Nobody: a deny rule is. */
    DENIED,
    /** Who has the right token. */
    TOKEN,
    /** Who comes, in the right circumstances. */
    PUBLIC
  }

  /**
   * A rule and its place.
   *
   * @param position empty where a name in the file is made of values
   */
  record RuleAt(String name, Optional<Position> position) {
    public RuleAt {
      Objects.requireNonNull(name);
      Objects.requireNonNull(position);
    }
  }
}
