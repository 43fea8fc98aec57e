package io.gat.policy.compile;

import io.gat.policy.IssuanceRule;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Optional;

/**
 * Reads one document by itself. What documents take from each other (a name, a host) is the
 * compiler's to judge, so that all of them can be read at the same time.
 */
final class DocumentReader {
  private static final String VERSION = "gat/v1";

  private final Source source;
  private final String environment;
  private final Checkers checkers;
  private final Problems problems = new Problems();
  private final Problems warnings = new Problems();

  private DocumentReader(Source source, String environment, Checkers checkers) {
    this.source = source;
    this.environment = environment;
    this.checkers = checkers;
  }

  /**
   * What a document says, as far as it could be read.
   *
   * @param service of a service document
   * @param issuance of an issuance document: its rules, without those that have a problem
   */
  record Read(
      YamlNode document,
      Optional<ServiceReader.Read> service,
      List<IssuanceRule> issuance,
      List<Problem> problems,
      List<Problem> warnings) {}

  /** Reads a document with the values of an environment. */
  static Read read(Source source, YamlNode document, String environment, Checkers checkers) {
    return new DocumentReader(source, environment, checkers).read(document);
  }

  private Read read(YamlNode document) {
    if (!(document instanceof YamlNode.Mapping written)) {
      problems.add(
          ProblemId.WRONG_TYPE,
          document,
          "a document must be a mapping, not " + document.described(),
          "start with `version: gat/v1`");
      return result(document, Optional.empty(), List.of());
    }
    YamlNode.Mapping mapping = Values.apply(written, environment, problems);
    version(mapping);
    boolean service = mapping.get("service").isPresent();
    if (service && mapping.get("issuance").isPresent()) {
      problems.add(
          ProblemId.DOCUMENT_KIND,
          mapping,
          "a document is of one kind",
          "put `service` and `issuance` in two documents");
    } else if (service) {
      ServiceReader reader = new ServiceReader(source, checkers, problems, warnings);
      return result(mapping, reader.read(mapping), List.of());
    } else if (mapping.get("issuance").isPresent()) {
      return result(mapping, Optional.empty(), new IssuanceReader(problems).read(mapping));
    } else {
      problems.add(
          ProblemId.DOCUMENT_KIND,
          mapping,
          "the document says neither `service` nor `issuance`",
          "add `service: NAME` or `issuance: NAME`");
    }
    return result(mapping, Optional.empty(), List.of());
  }

  private Read result(
      YamlNode document, Optional<ServiceReader.Read> service, List<IssuanceRule> issuance) {
    return new Read(document, service, issuance, problems.sorted(), warnings.sorted());
  }

  private void version(YamlNode.Mapping mapping) {
    Optional<YamlNode> version = mapping.get("version");
    if (version.isEmpty()) {
      problems.add(
          ProblemId.MISSING_KEY, mapping, "`version` is missing", "add `version: " + VERSION + "`");
    } else if (!(version.get() instanceof YamlNode.Scalar scalar)
        || !scalar.text().equals(VERSION)) {
      problems.add(
          ProblemId.UNKNOWN_VERSION,
          version.get(),
          "unknown version " + version.get().described(),
          "write `version: " + VERSION + "`");
    }
  }
}
