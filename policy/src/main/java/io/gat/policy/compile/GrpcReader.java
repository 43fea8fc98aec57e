package io.gat.policy.compile;

import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code grpc: {service, methods}}, which is another way to write paths: a gRPC call is a
 * POST to {@code /package.Service/Method}.
 */
final class GrpcReader {
  static final List<String> KEYS = List.of("service", "methods");

  private static final Pattern SERVICE =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");
  private static final Pattern METHOD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** The name of the variable for any method. */
  private static final String ANY = "method";

  private final Problems problems;

  GrpcReader(Problems problems) {
    this.problems = problems;
  }

  /** Adds its paths, each with the place that names it. */
  void read(Section rule, Map<PathTemplate, YamlNode.Scalar> paths) {
    for (String other : List.of("paths", "methods")) {
      if (rule.has(other)) {
        problems.add(
            ProblemId.CONFLICTING_KEYS,
            rule.node().get(other).orElse(rule.node()),
            "`" + other + "` has no meaning beside `grpc`",
            other.equals("paths")
                ? "give them a rule of their own"
                : "write grpc: {service: …, methods: […]}");
      }
    }
    Section section = rule.section("grpc", KEYS).orElse(null);
    if (section == null) {
      return;
    }
    section.required("service", "add `service: package.Service`");
    Optional<YamlNode.Scalar> service = section.text("service");
    if (service.isPresent() && !SERVICE.matcher(service.get().text()).matches()) {
      problems.add(
          ProblemId.BAD_GRPC,
          service.get(),
          service.get().described() + " is not a gRPC service",
          "write its full name, such as shop.v1.Orders");
      return;
    }
    List<YamlNode.Scalar> methods = section.texts("methods");
    for (YamlNode.Scalar method : methods) {
      if (!METHOD.matcher(method.text()).matches()) {
        problems.add(
            ProblemId.BAD_GRPC,
            method,
            method.described() + " is not a gRPC method",
            method.text().equals("*")
                ? "leave `methods` out for every method of the service"
                : "write its name only, such as GetOrder");
      } else if (service.isPresent()) {
        paths.put(
            template(service.get().text(), new PathTemplate.Part.Literal(method.text())), method);
      }
    }
    if (!section.has("methods") && service.isPresent()) {
      paths.put(template(service.get().text(), new PathTemplate.Part.Single(ANY)), service.get());
    }
  }

  private static PathTemplate template(String service, PathTemplate.Part method) {
    String last =
        switch (method) {
          case PathTemplate.Part.Literal literal -> literal.text();
          case PathTemplate.Part.Single any -> "{" + any.name() + "}";
          case PathTemplate.Part.Rest rest -> "{" + rest.name() + "=**}";
        };
    return new PathTemplate(
        "/" + service + "/" + last, List.of(new PathTemplate.Part.Literal(service), method));
  }
}
