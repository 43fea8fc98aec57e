package io.gat.reference;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A second decider, written from DESIGN.md and from nothing else of gat: slow, obvious, step after
 * step. It answers with the reason's code. Tests compare it with the real one.
 *
 * <p>It shares no code with gat: another JSON parser, the JDK's signatures, a scan instead of a
 * trie, no cache, no snapshot.
 */
final class ReferenceDecider {
  /** Why a call is refused; thrown, so that a step cannot be forgotten. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason);
    }
  }

  record ServiceSpec(
      String name,
      List<String> hosts,
      List<String> workloads,
      List<String> audiences,
      String credential,
      List<RuleSpec> rules) {}

  record RuleSpec(
      String name,
      Set<String> methods,
      List<String> paths,
      Kind kind,
      List<String> scopes,
      List<String> anyScope,
      Optional<Duration> maxAge,
      Optional<ConditionSpec> when,
      boolean upgrade) {}

  enum Kind {
    PUBLIC,
    DENY,
    GUARDED
  }

  /** A CEL expression, and what it means in Java: over the claims and the path variables. */
  record ConditionSpec(String cel, Predicate<Read> meaning) {}

  record Read(JsonObject claims, Map<String, String> path) {}

  record Call(
      String method,
      String host,
      String target,
      Map<String, List<String>> headers,
      String destinationPrincipal,
      Map<String, String> extensions) {}

  /** A trusted issuer: which algorithms, and its keys by id. */
  record IssuerSpec(Set<String> algorithms, Set<String> types, Map<String, PublicKey> keys) {}

  /** A revocation by claim name and value, with the time it was made. */
  record RevokedSpec(String claim, String value, Instant at) {}

  record World(
      List<ServiceSpec> services,
      String pin,
      Map<String, IssuerSpec> issuers,
      List<RevokedSpec> revoked,
      boolean fresh,
      Instant now) {}

  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
  private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final World world;

  ReferenceDecider(World world) {
    this.world = world;
  }

  /** The reason's code; "ok" for an allow. */
  String decide(Call call) {
    try {
      judge(call);
      return "ok";
    } catch (Refused e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void judge(Call call) throws Refused {
    Optional<ServiceSpec> service = service(call);
    List<String> path = path(call);
    List<String> added = addedScopes(call);
    for (String header :
        service.isPresent()
            ? List.of(headerOf(service.get()))
            : List.of("authorization", "txn-token")) {
      refuseIf(holdsSeveral(header, call.headers().getOrDefault(header, List.of())), AMBIGUOUS);
    }
    if (service.isEmpty()) {
      throw new Refused("no_service");
    }
    for (RuleSpec rule : service.get().rules()) {
      refuseIf(
          rule.kind() == Kind.DENY
              && covers(rule, call.method())
              && matches(rule, path).isPresent(),
          "denied_by_rule");
    }
    RuleSpec rule = owner(service.get(), call.method(), path);
    boolean badUpgrade = call.headers().containsKey("upgrade") && !rule.upgrade();
    if (rule.kind() == Kind.PUBLIC && added.isEmpty()) {
      refuseIf(badUpgrade, "condition_false");
      return;
    }
    guarded(service.get(), rule, matches(rule, path).orElseThrow(), call, badUpgrade, added);
    refuseIf(!world.fresh(), "revocation_stale");
  }

  private static final String AMBIGUOUS = "ambiguous_request";

  /** Scopes that the route's configuration asks for; gat. is for words that everybody knows. */
  private static List<String> addedScopes(Call call) throws Refused {
    for (String name : call.extensions().keySet()) {
      refuseIf(
          name.startsWith("gat.") && !Set.of("gat.service", "gat.scopes").contains(name),
          AMBIGUOUS);
    }
    String added = call.extensions().getOrDefault("gat.scopes", "none");
    if (added.equals("none")) {
      return List.of();
    }
    refuseIf(!added.matches("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*"), AMBIGUOUS);
    return List.of(added.split(" "));
  }

  private static void refuseIf(boolean condition, String reason) throws Refused {
    if (condition) {
      throw new Refused(reason);
    }
  }

  // --- which service ---

  private Optional<ServiceSpec> service(Call call) {
    Optional<ServiceSpec> byHost = byHost(call.host());
    String named =
        !world.pin().isEmpty() ? world.pin() : call.extensions().getOrDefault("gat.service", "");
    Optional<ServiceSpec> decided;
    if (!named.isEmpty()) {
      decided = world.services().stream().filter(s -> s.name().equals(named)).findFirst();
    } else {
      decided =
          world.services().stream()
              .filter(s -> s.workloads().contains(call.destinationPrincipal()))
              .findFirst();
      if (decided.isEmpty()) {
        return byHost;
      }
    }
    return decided.filter(s -> byHost.isEmpty() || byHost.get().equals(s));
  }

  private Optional<ServiceSpec> byHost(String host) {
    ServiceSpec best = null;
    int bestLength = -1;
    for (ServiceSpec service : world.services()) {
      for (String pattern : service.hosts()) {
        boolean hit =
            pattern.startsWith("*.")
                ? host.endsWith(pattern.substring(1)) && host.length() > pattern.length() - 1
                : host.equals(pattern);
        int length = pattern.startsWith("*.") ? pattern.length() : Integer.MAX_VALUE;
        if (hit && length > bestLength) {
          best = service;
          bestLength = length;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  // --- which rule ---

  private static List<String> path(Call call) throws Refused {
    refuseIf(!METHOD.matcher(call.method()).matches(), AMBIGUOUS);
    String raw = call.target().contains("?") ? call.target().split("\\?", 2)[0] : call.target();
    refuseIf(!raw.startsWith("/") || raw.length() > 8192, AMBIGUOUS);
    refuseIf(!raw.chars().allMatch(c -> c > 0x20 && c < 0x7f), AMBIGUOUS);
    refuseIf(raw.contains("\\") || raw.contains(";") || raw.contains("#"), AMBIGUOUS);
    refuseIf(raw.replaceAll("%[0-9a-fA-F]{2}", "").contains("%"), AMBIGUOUS);
    String lower = raw.toLowerCase(Locale.ROOT);
    refuseIf(lower.contains("%2f") || lower.contains("%5c") || lower.contains("%3b"), AMBIGUOUS);
    List<String> segments = new ArrayList<>();
    List<String> rawSegments = Arrays.asList(raw.substring(1).split("/", -1));
    for (int i = 0; i < rawSegments.size(); i++) {
      String segment = rawSegments.get(i);
      refuseIf(segment.isEmpty() && i < rawSegments.size() - 1, AMBIGUOUS);
      String decoded = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
      refuseIf(decoded.contains("\uFFFD"), AMBIGUOUS);
      refuseIf(decoded.equals(".") || decoded.equals(".."), AMBIGUOUS);
      refuseIf(decoded.chars().anyMatch(Character::isISOControl), AMBIGUOUS);
      refuseIf(Pattern.compile("%[0-9a-fA-F]{2}").matcher(decoded).find(), AMBIGUOUS);
      segments.add(decoded);
    }
    return segments;
  }

  private static boolean covers(RuleSpec rule, String method) {
    return rule.methods().isEmpty() || rule.methods().contains(method);
  }

  /** The variables of the first of the rule's templates that matches. */
  private static Optional<Map<String, String>> matches(RuleSpec rule, List<String> path) {
    return rule.paths().stream()
        .filter(t -> fits(template(t), path))
        .min(MORE_SPECIFIC)
        .map(t -> bind(template(t), path));
  }

  private static List<String> template(String text) {
    return Arrays.asList(text.substring(1).split("/", -1));
  }

  private static boolean fits(List<String> template, List<String> path) {
    for (int i = 0; i < template.size(); i++) {
      String part = template.get(i);
      if (part.endsWith("=**}")) {
        return path.size() >= i;
      }
      if (i >= path.size()) {
        return false;
      }
      boolean hit = part.startsWith("{") ? !path.get(i).isEmpty() : part.equals(path.get(i));
      if (!hit) {
        return false;
      }
    }
    return template.size() == path.size();
  }

  private static Map<String, String> bind(List<String> template, List<String> path) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < template.size(); i++) {
      String part = template.get(i);
      if (part.endsWith("=**}")) {
        variables.put(
            part.substring(1, part.length() - 4), String.join("/", path.subList(i, path.size())));
      } else if (part.startsWith("{")) {
        variables.put(part.substring(1, part.length() - 1), path.get(i));
      }
    }
    return variables;
  }

  /** Left to right: a literal before {x} before {x=**}. */
  private static final Comparator<String> MORE_SPECIFIC =
      (a, b) -> {
        List<String> left = template(a);
        List<String> right = template(b);
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
          int order = Integer.compare(rank(left.get(i)), rank(right.get(i)));
          if (order != 0) {
            return order;
          }
        }
        // Both match one path, so the longer one ends in a ** that matches nothing there.
        return Integer.compare(left.size(), right.size());
      };

  private static int rank(String part) {
    return part.endsWith("=**}") ? 2 : part.startsWith("{") ? 1 : 0;
  }

  private static RuleSpec owner(ServiceSpec service, String method, List<String> path)
      throws Refused {
    String best =
        service.rules().stream()
            .flatMap(r -> r.paths().stream())
            .filter(t -> fits(template(t), path))
            .min(MORE_SPECIFIC)
            .orElseThrow(() -> new Refused("no_rule"));
    for (RuleSpec rule : service.rules()) {
      boolean owns = rule.paths().stream().anyMatch(t -> shape(t).equals(shape(best)));
      if (owns && rule.kind() != Kind.DENY && covers(rule, method)) {
        return rule;
      }
    }
    throw new Refused("no_rule");
  }

  private static String shape(String template) {
    return template.replaceAll("\\{[^}=]*}", "{}").replaceAll("\\{[^}=]*=\\*\\*}", "{**}");
  }

  // --- the credential ---

  private static String headerOf(ServiceSpec service) {
    return service.credential().equals("bearer") ? "authorization" : "txn-token";
  }

  private static boolean holdsSeveral(String header, List<String> values) {
    if (values.size() != 1) {
      return values.size() > 1;
    }
    String value = values.get(0).strip();
    if (header.equals("authorization") && !value.matches("(?i)(bearer|dpop)(\\s.*)?")) {
      return Pattern.compile("(?i),\\s*(bearer|dpop)(\\s|$)").matcher(value).find();
    }
    String token =
        header.equals("authorization") ? value.replaceFirst("(?i)(bearer|dpop)\\s*", "") : value;
    return token.matches(".*[,\\s].*");
  }

  private static String credential(ServiceSpec service, Call call) throws Refused {
    String header = headerOf(service);
    List<String> values = call.headers().getOrDefault(header, List.of());
    if (values.isEmpty()) {
      throw new Refused("no_token");
    }
    String value = values.get(0).strip();
    if (header.equals("authorization")) {
      refuseIf(!value.matches("(?i)(bearer|dpop)\\s+\\S+"), "no_token");
      return value.split("\\s+", 2)[1];
    }
    refuseIf(value.isEmpty(), "no_token");
    return value;
  }

  // --- the token ---

  private void guarded(
      ServiceSpec service,
      RuleSpec rule,
      Map<String, String> variables,
      Call call,
      boolean badUpgrade,
      List<String> added)
      throws Refused {
    JsonObject claims = verified(credential(service, call), headerOf(service));
    Set<String> audiences = strings(claims.get("aud"));
    refuseIf(audiences.size() != 1, "wrong_audience");
    refuseIf(!service.audiences().containsAll(audiences), "wrong_audience");
    Instant issued = Instant.ofEpochSecond(claims.get("iat").getAsLong());
    for (RevokedSpec revoked : world.revoked()) {
      refuseIf(
          claims.has(revoked.claim())
              && strings(claims.get(revoked.claim())).contains(revoked.value())
              && !issued.isAfter(revoked.at().plus(LEEWAY)),
          "revoked");
    }
    refuseIf(claims.has("cnf"), "binding_mismatch"); // the calls here carry no certificate
    refuseIf(
        rule.maxAge().isPresent() && !world.now().isBefore(issued.plus(rule.maxAge().get())),
        "too_old");
    Set<String> scopes = new HashSet<>(List.of(claims.get("scope").getAsString().split(" ")));
    refuseIf(!scopes.containsAll(rule.scopes()), "insufficient_scope");
    refuseIf(!scopes.containsAll(added), "insufficient_scope");
    refuseIf(
        !rule.anyScope().isEmpty() && rule.anyScope().stream().noneMatch(scopes::contains),
        "insufficient_scope");
    refuseIf(badUpgrade, "condition_false");
    refuseIf(
        rule.when().isPresent() && !rule.when().get().meaning().test(new Read(claims, variables)),
        "condition_false");
  }

  private JsonObject verified(String compact, String header) throws Refused {
    String[] parts = compact.split("\\.", -1);
    refuseIf(parts.length != 3 || compact.length() > 8192, "malformed_token");
    JsonObject head = json(parts[0]);
    JsonObject claims = json(parts[1]);
    refuseIf(head.has("crit") || head.has("b64") || head.has("zip"), "malformed_token");
    refuseIf(!head.has("alg"), "malformed_token");
    IssuerSpec issuer =
        claims.has("iss") ? world.issuers().get(claims.get("iss").getAsString()) : null;
    if (issuer == null) {
      throw new Refused("unknown_issuer");
    }
    String algorithm = head.get("alg").getAsString();
    refuseIf(!issuer.algorithms().contains(algorithm), "alg_not_allowed");
    String type =
        head.has("typ")
            ? head.get("typ")
                .getAsString()
                .toLowerCase(Locale.ROOT)
                .replaceFirst("^application/", "")
            : "none";
    boolean typeFits =
        header.equals("txn-token")
            ? type.equals("txntoken+jwt")
            : issuer.types().contains(type) && !type.equals("txntoken+jwt");
    refuseIf(!typeFits, "wrong_type");
    PublicKey key = key(issuer, head, algorithm);
    refuseIf(!signatureHolds(algorithm, key, parts[0] + "." + parts[1], parts[2]), "bad_signature");
    for (String required : List.of("aud", "exp", "iat", "sub", "jti", "client_id", "scope")) {
      refuseIf(!claims.has(required), "missing_claim");
    }
    Instant issued = Instant.ofEpochSecond(claims.get("iat").getAsLong());
    Instant expires = Instant.ofEpochSecond(claims.get("exp").getAsLong());
    refuseIf(expires.isAfter(issued.plus(MAX_LIFETIME)), "lifetime_too_long");
    Instant latest = world.now().plus(LEEWAY);
    refuseIf(
        issued.isAfter(latest)
            || (claims.has("nbf")
                && Instant.ofEpochSecond(claims.get("nbf").getAsLong()).isAfter(latest)),
        "not_yet_valid");
    refuseIf(!world.now().isBefore(expires.plus(LEEWAY)), "expired");
    refuseIf(!expires.isAfter(issued), "expired"); // it never was valid
    return claims;
  }

  private static PublicKey key(IssuerSpec issuer, JsonObject head, String algorithm)
      throws Refused {
    String kid = head.has("kid") ? head.get("kid").getAsString() : "";
    List<PublicKey> fitting = new ArrayList<>();
    issuer
        .keys()
        .forEach(
            (id, key) -> {
              boolean fits = key.getAlgorithm().startsWith(algorithm.equals("ES256") ? "EC" : "Ed");
              if (fits && (kid.isEmpty() || kid.equals(id))) {
                fitting.add(key);
              }
            });
    refuseIf(fitting.size() != 1, "unknown_key");
    return fitting.get(0);
  }

  private static boolean signatureHolds(
      String algorithm, PublicKey key, String signed, String encoded) {
    try {
      byte[] signature = Base64.getUrlDecoder().decode(encoded);
      Signature verifier =
          Signature.getInstance(
              algorithm.equals("ES256") ? "SHA256withECDSAinP1363Format" : "Ed25519");
      verifier.initVerify(key);
      verifier.update(signed.getBytes(StandardCharsets.US_ASCII));
      boolean zero =
          new BigInteger(1, Arrays.copyOf(signature, signature.length / 2)).signum() == 0;
      return !(zero && algorithm.equals("ES256")) && verifier.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static JsonObject json(String part) throws Refused {
    try {
      JsonElement element =
          JsonParser.parseString(
              new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
      refuseIf(!element.isJsonObject(), "malformed_token");
      return element.getAsJsonObject();
    } catch (RuntimeException e) {
      throw new Refused("malformed_token");
    }
  }

  private static Set<String> strings(JsonElement element) {
    Set<String> all = new HashSet<>();
    if (element instanceof JsonArray array) {
      array.forEach(e -> all.add(e.getAsString()));
    } else {
      all.add(element.getAsString());
    }
    return all;
  }
}
