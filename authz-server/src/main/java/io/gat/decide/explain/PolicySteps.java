package io.gat.decide.explain;

import io.gat.decide.Decision;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.Places;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Selection.Standing;
import io.gat.policy.Service;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the steps up to the choice of a rule saw, and how the rules that match the path stand. */
final class PolicySteps {
  private final AccessRequest request;
  private final Selection selection;
  private final @Nullable Service service;
  private final @Nullable Rule rule;
  private final Circumstances circumstances;
  private final Places places;

  PolicySteps(
      AccessRequest request,
      Selection selection,
      @Nullable Service service,
      @Nullable Rule rule,
      Circumstances circumstances,
      Places places) {
    this.request = request;
    this.selection = selection;
    this.service = service;
    this.rule = rule;
    this.circumstances = circumstances;
    this.places = places;
  }

  /** What was unclear. */
  String ambiguous(Decision decision) {
    if (!(decision instanceof Decision.Deny deny
        && deny.detail() instanceof Decision.Detail.Unclear unclear)) {
      return "method, host, path and headers can be read in one way only";
    }
    Ambiguity why = unclear.why();
    return service == null
        ? why.description()
        : why.description() + " (" + service.name() + " reads `" + header(service) + "`)";
  }

  private static String header(Service service) {
    return service.credential().header();
  }

  /** Which service, and what decided that. */
  String service() {
    Selection.Search search = selection.search();
    String named = Wording.quoted(search.named());
    String way =
        switch (search.way()) {
          case PIN -> "the pin of the configuration, " + named;
          case EXTENSION -> "the context extension gat.service, " + named;
          case PRINCIPAL -> "the called workload, " + named;
          case HOST ->
              search.named().isEmpty() ? "the host, but none was sent" : "the host " + named;
        };
    Service decided = search.decided();
    Service ofHost = search.ofHost();
    if (decided == null) {
      return "no service is found by " + way;
    }
    if (ofHost != null && search.isContradictedByHost()) {
      return Wording.quoted(decided.name())
          + " by "
          + way
          + ", but the host "
          + Wording.quoted(request.host())
          + " belongs to "
          + Wording.quoted(ofHost.name());
    }
    return Wording.quoted(decided.name()) + " by " + way;
  }

  /** What would have led to a service. */
  String neededService() {
    Selection.Search search = selection.search();
    Service decided = search.decided();
    if (decided != null) {
      return "a host of " + Wording.quoted(decided.name()) + ", or one that no service claims";
    }
    return switch (search.way()) {
      case PIN, EXTENSION, PRINCIPAL -> "a service of the name " + Wording.quoted(search.named());
      case HOST ->
          "a service that claims the host " + Wording.quoted(search.named()) + ", or another host";
    };
  }

  /** Whether a deny rule matches. */
  String denyRule() {
    if (rule != null && rule.effect() instanceof Rule.Effect.Closed) {
      return Wording.quoted(rule.name()) + " denies, whatever other rules say";
    }
    List<String> aside =
        selection.candidates().stream()
            .filter(c -> c.standing() instanceof Standing.StepsAside)
            .map(c -> c.rule().name())
            .distinct()
            .toList();
    return aside.isEmpty()
        ? "none matches"
        : "none matches; " + Wording.quoted(aside) + " would, in other circumstances";
  }

  /** Which rule, or why there is none. */
  String rule() {
    if (rule != null) {
      return Wording.quoted(rule.name())
          + template().map(t -> " by " + Wording.quoted(t)).orElse("");
    }
    return selection.candidates().isEmpty()
        ? "no template matches " + Wording.quoted(request.rawPath())
        : owner().orElse("")
            + " owns the path, and none of its rules names "
            + Wording.quoted(request.method());
  }

  private Optional<String> template() {
    return selection.candidates().stream()
        .filter(c -> c.standing() instanceof Standing.Decides)
        .map(Selection.Candidate::template)
        .findFirst();
  }

  /** The most specific template that matches, quoted. */
  Optional<String> owner() {
    return selection.candidates().stream().findFirst().map(c -> Wording.quoted(c.template()));
  }

  /** The methods that rules of the owning template name, beside those of deny rules. */
  Set<String> ownersMethods() {
    Set<String> methods = new TreeSet<>();
    selection.candidates().stream()
        .filter(c -> c.standing() instanceof Standing.OtherMethod)
        .filter(c -> !(c.rule().effect() instanceof Rule.Effect.Closed))
        .forEach(c -> methods.addAll(c.rule().methods()));
    return methods;
  }

  /** Whether the rule does without a token. */
  String publicRule() {
    if (rule == null) {
      return "";
    }
    if (rule.effect() instanceof Rule.Effect.Open && !request.addedScopes().isEmpty()) {
      return Wording.quoted(rule.name())
          + " is public, but the context extension gat.scopes asks for a token";
    }
    return rule.effect() instanceof Rule.Effect.Open
        ? Wording.quoted(rule.name()) + " is public: no token is read"
        : Wording.quoted(rule.name()) + " is not public: it takes a token";
  }

  /** Every rule that matches the path. */
  List<Explanation.Candidate> candidates() {
    return selection.candidates().stream()
        .map(
            c ->
                new Explanation.Candidate(
                    c.rule().name(),
                    place(c.rule()),
                    c.template(),
                    c.rule().methods().stream().sorted().toList(),
                    c.standing() instanceof Standing.Decides,
                    standing(c)))
        .toList();
  }

  /** Where a rule of the service stands; empty where that is not known. */
  String place(Rule of) {
    Service in = selection.search().decided();
    return in == null
        ? ""
        : places.rule(in.name(), of.name()).map(Places.Place::toString).orElse("");
  }

  /** Where the service stands; empty where that is not known. */
  String servicePlace() {
    return service == null
        ? ""
        : places.service(service.name()).map(Places.Place::toString).orElse("");
  }

  /** Why a rule decides or does not. */
  String standing(Selection.Candidate candidate) {
    return switch (candidate.standing()) {
      case Standing.Decides decides ->
          switch (candidate.rule().effect()) {
            case Rule.Effect.Closed closed -> "decides: a deny rule wins over every other";
            case Rule.Effect.Open open -> "decides: it is public";
            case Rule.Effect.Guarded guarded ->
                selection.candidates().size() == 1
                    ? "decides: no other matches"
                    : "decides: the most specific template";
          };
      case Standing.OtherMethod other -> "does not name " + Wording.quoted(request.method());
      case Standing.Replaced replaced -> "a rule in shadow stands in its place";
      case Standing.StepsAside aside -> "steps aside: " + firstFailing(candidate.rule());
      case Standing.DeniesToo too -> "denies too";
      case Standing.Overruled overruled -> "a deny rule wins over it";
      case Standing.LessSpecific less ->
          "less specific at segment "
              + less.segment()
              + ": "
              + part(less.own())
              + " gives way to "
              + part(less.owners());
    };
  }

  private static String part(String text) {
    return text.isEmpty() ? "a template that ends there" : Wording.quoted(text);
  }

  private String firstFailing(Rule denial) {
    return circumstances.of(denial).stream()
        .filter(asked -> asked.state() == Explanation.State.FAILED)
        .map(asked -> asked.what() + ", but " + asked.seen())
        .findFirst()
        .orElse("");
  }
}
