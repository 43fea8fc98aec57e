package io.gat.telemetry;

/**
 * The names of all of gat's own metrics, as Micrometer writes them; Prometheus shows underscores
 * for the dots and adds the unit. The values of tags come from bounded vocabularies: reasons,
 * results, shares, the issuers of the configuration, and the services and rules of policies.
 */
public final class MetricNames {
  /** Checks answered; tags {@link #DECISION} and {@link #REASON}. */
  public static final String CHECKS = "gat.checks";

  /** How long checks took, from arrival to answer; a histogram from 50 µs to 1 s. */
  public static final String CHECK_DURATION = "gat.check.duration";

  /** Look-ups in the token cache; tag {@link #RESULT}, {@code hit} or {@code miss}. */
  public static final String CACHE_LOOKUPS = "gat.cache.lookups";

  /** About how many entries a share of the token cache holds; tag {@link #SHARE}. */
  public static final String CACHE_SIZE = "gat.cache.size";

  /** How long an issuer's revocations still count as fresh, in seconds; tag {@link #ISSUER}. */
  public static final String LEASE_REMAINING = "gat.lease.remaining";

  /** How long ago an issuer's keys were read, in seconds; tag {@link #ISSUER}. */
  public static final String KEYS_AGE = "gat.keys.age";

  /** Appends that the issuer's log has acknowledged. */
  public static final String LOG_APPENDED = "gat.log.appended";

  /** How often the issuer's log has waited for its disk: one wait serves many appends. */
  public static final String LOG_COMMITS = "gat.log.commits";

  /** How long the last of them took, in seconds. */
  public static final String LOG_COMMIT_DURATION = "gat.log.commit.duration";

  /** What is left on the log's volume, in bytes; -1 where nobody knows. */
  public static final String LOG_FREE = "gat.log.free";

  /** Entries that wait to be written to the log. */
  public static final String LOG_WAITING = "gat.log.waiting";

  /** 1 while the log takes everything, else 0. */
  public static final String LOG_SOUND = "gat.log.sound";

  /** 1 while the audit log takes events and its checkpoints are exported, else 0. */
  public static final String AUDIT_SOUND = "gat.audit.sound";

  /**
   * Tokens that this process has signed since it started; tags {@link #KID}, {@link #ALGORITHM} and
   * {@link #STATE} ({@code pending}, {@code active}, {@code retiring}) of the keys in the key set.
   */
  public static final String KEYS_SIGNED = "gat.keys.signed";

  /** The id of one of the issuer's own keys. */
  public static final String KID = "kid";

  /** A key's algorithm, as JOSE names it. */
  public static final String ALGORITHM = "alg";

  /** Always 1; tag {@link #HASH} is the hash of the loaded policy. */
  public static final String POLICY_INFO = "gat.policy.info";

  /** Headers, or parts of them, that only help callers and were left out for their length. */
  public static final String HEADERS_OMITTED = "gat.headers.omitted";

  /** Records of denials and errors that were not written because the log could not keep up. */
  public static final String LOG_DROPPED = "gat.decision.log.dropped";

  /**
   * Checks that were judged by a candidate too; tags {@link #SERVICE} and {@link #RULE} (the
   * candidate's, where it has none the live policy's, else {@code -}), {@link #LIVE} and {@link
   * #CANDIDATE} ({@code allow}, {@code public}, {@code deny}, {@code error}). It begins anew with
   * each change of one of the two policies.
   */
  public static final String SHADOW_CHECKS = "gat.shadow.checks";

  /** Those about which the candidate disagrees: {@link #LIVE} and {@link #CANDIDATE} differ. */
  public static final String SHADOW_DISAGREEMENTS = "gat.shadow.disagreements";

  /** Checks that could not be judged by the candidate, because of a bug. */
  public static final String SHADOW_ERRORS = "gat.shadow.errors";

  /**
   * Checks about which the candidate was not asked; tag {@link #REASON} is {@code queue} where too
   * many waited for it, {@code signatures} where it had verified too many tokens of late.
   */
  public static final String SHADOW_DROPPED = "gat.shadow.dropped";

  /** Records of allowed calls that the candidate disagrees about, and that were not written. */
  public static final String SHADOW_RECORDS_DROPPED = "gat.shadow.records.dropped";

  /**
   * Always 1; tag {@link #STATE} is {@code runs} or {@code refused}, {@link #HASH} the candidate's
   * hash or {@code -}. It is not there without a candidate.
   */
  public static final String SHADOW_INFO = "gat.shadow.info";

  /**
   * Checks that were not answered because their caller had gone; tag {@link #STAGE}, {@code
   * queued}, {@code verifying} or {@code decided}.
   */
  public static final String GIVEN_UP = "gat.checks.given.up";

  /** Checks that are in work. */
  public static final String IN_FLIGHT = "gat.checks.in.flight";

  /** How many checks may be in work now; more are answered {@code overloaded}. */
  public static final String LIMIT = "gat.checks.limit";

  /** Connections to the ext_authz port. */
  public static final String CONNECTIONS = "gat.connections";

  /** How long the certificate of the ext_authz port is still valid, in seconds. */
  public static final String CERTIFICATE_REMAINING = "gat.tls.certificate.remaining";

  /**
   * Calls of the admin API; tag {@link #OPERATION} is method and path template, or {@code none},
   * and {@link #OUTCOME} is {@code done}, {@code declined}, {@code refused}, {@code invalid},
   * {@code unavailable} or {@code failed}. A series comes with its first call.
   */
  public static final String ADMIN_CALLS = "gat.admin.calls";

  /** Authz servers of other processes that follow this issuer. */
  public static final String FEED_STREAMS = "gat.feed.streams";

  /** Messages that this issuer has sent to them. */
  public static final String FEED_MESSAGES = "gat.feed.messages";

  /** Changes of revocations in them: each counts once for each stream. */
  public static final String FEED_CHANGES = "gat.feed.changes";

  /** Their bytes. */
  public static final String FEED_BYTES = "gat.feed.sent";

  /** Claims that were answered; tag {@link #OUTCOME}: first, repeated or unavailable. */
  public static final String FEED_CLAIMS = "gat.feed.claims";

  /**
   * How long the log took to vouch, a histogram; tag {@link #OUTCOME}: acknowledged or failed. One
   * write serves many of them.
   */
  public static final String FEED_VOUCHED = "gat.feed.vouched";

  /** Streams of this issuer that have ended; tag {@link #REASON}. */
  public static final String FEED_ENDED = "gat.feed.ended";

  /** Streams that this authz server has lost or not got; tags {@link #ISSUER}, {@link #REASON}. */
  public static final String FEED_LOST = "gat.feed.lost";

  /** Positions of an issuer's log that this authz server lacks; tag {@link #ISSUER}. */
  public static final String FEED_LAG = "gat.feed.lag";

  /** Up to where this authz server has applied its revocations; tag {@link #ISSUER}. */
  public static final String FEED_POSITION = "gat.feed.position";

  /**
   * From the acknowledgement of a canary's revocation to the first rejection of its token, a
   * histogram.
   */
  public static final String REVOCATION_PROPAGATION = "gat.revocation.propagation";

  /** Rounds of that canary that have measured nothing; tag {@link #REASON}. */
  public static final String CANARY_FAILED = "gat.revocation.canary.failed";

  /** What the names of the Java machine's metrics start with. */
  public static final String JVM = "gat.jvm";

  public static final String DECISION = "decision";
  public static final String REASON = "reason";
  public static final String RESULT = "result";
  public static final String SHARE = "share";
  public static final String ISSUER = "issuer";
  public static final String HASH = "hash";
  public static final String SERVICE = "service";
  public static final String RULE = "rule";
  public static final String LIVE = "live";
  public static final String CANDIDATE = "candidate";
  public static final String STATE = "state";
  public static final String STAGE = "stage";
  public static final String OPERATION = "operation";
  public static final String OUTCOME = "outcome";

  private MetricNames() {}
}
