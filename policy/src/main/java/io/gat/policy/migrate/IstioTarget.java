package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The workloads that an object of Istio speaks of.
 *
 * @param namespace the object's
 * @param labels that a workload must have; empty for all of the namespace
 * @param references the objects that it is attached to instead, such as {@code Gateway/edge}
 */
record IstioTarget(String namespace, Map<String, String> labels, List<String> references) {
  /** The mesh's root namespace by default: what stands there speaks of every namespace. */
  static final String ROOT = "istio-system";

  private static final List<String> NAMES =
      List.of("app", "app.kubernetes.io/name", "k8s-app", "istio");

  IstioTarget {
    labels = Map.copyOf(labels);
    references = List.copyOf(references);
  }

  static IstioTarget of(Resource resource, Spec spec) {
    Map<String, String> labels = new TreeMap<>();
    List<String> references = new ArrayList<>();
    if (resource.spec().isPresent()) {
      YamlNode.Mapping in = resource.spec().get();
      spec.mapping(in, "selector")
          .ifPresent(s -> labels.putAll(Resource.texts(spec.mapping(s, "matchLabels"))));
      spec.mapping(in, "targetRef").ifPresent(ref -> references.add(reference(ref)));
      spec.mappings(in, "targetRefs").forEach(ref -> references.add(reference(ref)));
    }
    return new IstioTarget(resource.namespace(), labels, references.stream().sorted().toList());
  }

  private static String reference(YamlNode.Mapping ref) {
    return Resource.text(ref, "kind").orElse("") + "/" + Resource.text(ref, "name").orElse("");
  }

  /** True for all workloads of the namespace. */
  boolean isWhole() {
    return labels.isEmpty() && references.isEmpty();
  }

  /** True where what speaks of this speaks of every workload of the other, whatever the mesh is. */
  boolean covers(IstioTarget other) {
    if (!namespace.equals(other.namespace)) {
      return false;
    }
    return references.isEmpty()
        ? other.references.isEmpty() && other.labels.entrySet().containsAll(labels.entrySet())
        : references.equals(other.references);
  }

  /** True where what speaks of this may speak of a workload of the other. */
  boolean mayMeet(IstioTarget other) {
    if (!namespace.equals(other.namespace) && !namespace.equals(ROOT)) {
      return false;
    }
    if (isWhole() || other.isWhole()) {
      return true;
    }
    if (!references.isEmpty() && !other.references.isEmpty()) {
      return references.stream().anyMatch(other.references::contains);
    }
    return labels.entrySet().stream()
        .noneMatch(
            e ->
                other.labels.containsKey(e.getKey())
                    && !e.getValue().equals(other.labels.get(e.getKey())));
  }

  /** What a service for it is called. */
  String name() {
    if (!references.isEmpty()) {
      String first = references.getFirst();
      return first.substring(first.indexOf('/') + 1);
    }
    Optional<String> named =
        NAMES.stream().filter(labels::containsKey).map(labels::get).findFirst();
    String name =
        named.orElseGet(
            () -> labels.isEmpty() ? namespace : String.join("-", new TreeMap<>(labels).values()));
    String version = labels.get("version");
    return version == null || named.isEmpty() ? name : name + "-" + version;
  }
}
