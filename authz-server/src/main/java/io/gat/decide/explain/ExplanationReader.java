package io.gat.decide.explain;

import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Candidate;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.Outcome;
import io.gat.decide.explain.Explanation.State;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ExplanationJson} writes; members that it does not know are skipped. */
public final class ExplanationReader {
  /** A condition has at most 30 levels, and each is an object in a list. */
  private static final int MAX_DEPTH = 80;

  private final Map<String, Object> members;

  private ExplanationReader(Map<String, Object> members) {
    this.members = members;
  }

  /** A text that is no explanation; the message has nothing of it. */
  public static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** The explanation that a text holds. */
  public static Explanation read(String json) throws UnreadableException {
    try {
      return new ExplanationReader(StrictJson.object(json, MAX_DEPTH)).explanation();
    } catch (MalformedJsonException e) {
      throw new UnreadableException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new UnreadableException("its decision and its reason contradict each other");
    }
  }

  private Explanation explanation() throws UnreadableException {
    List<Finding> steps = new ArrayList<>();
    for (ExplanationReader one : objects("steps")) {
      steps.add(
          new Finding(one.word("step", Step.values(), Step::word), one.state(), one.text("seen")));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (ExplanationReader one : objects("rules")) {
      candidates.add(
          new Candidate(
              one.text("rule"),
              one.text("at"),
              one.text("template"),
              one.texts("methods"),
              one.flag("decides"),
              one.text("standing")));
    }
    return new Explanation(
        word("decision", Outcome.values(), Outcome::word),
        reason(),
        time(),
        text("policy"),
        text("method"),
        text("host"),
        text("path"),
        text("service"),
        text("service_at"),
        text("rule"),
        steps,
        candidates,
        asked("conditions"),
        texts("missing"),
        texts("needed"),
        texts("notes"),
        shadow());
  }

  private @Nullable ShadowAnswer shadow() throws UnreadableException {
    if (!members.containsKey("shadow")) {
      return null;
    }
    ExplanationReader one = object("shadow");
    return new ShadowAnswer(
        one.word("decision", ShadowAnswer.Kind.values(), ShadowAnswer.Kind::word),
        one.word("reason", Reason.values(), Reason::code),
        one.text("service"),
        one.text("rule"));
  }

  private @Nullable Reason reason() throws UnreadableException {
    return members.containsKey("reason") ? word("reason", Reason.values(), Reason::code) : null;
  }

  private Instant time() throws UnreadableException {
    try {
      return Instant.parse(text("time"));
    } catch (DateTimeException e) {
      throw new UnreadableException("`time` is no time");
    }
  }

  private State state() throws UnreadableException {
    return word("state", State.values(), State::word);
  }

  private List<Asked> asked(String name) throws UnreadableException {
    List<Asked> all = new ArrayList<>();
    for (ExplanationReader one : objects(name)) {
      List<Asked> parts = one.members.containsKey("parts") ? one.asked("parts") : List.of();
      all.add(new Asked(one.text("asks"), one.state(), one.text("seen"), parts));
    }
    return all;
  }

  private <E> E word(String name, E[] all, Function<E, String> wordOf) throws UnreadableException {
    String word = text(name);
    for (E one : all) {
      if (wordOf.apply(one).equals(word)) {
        return one;
      }
    }
    throw new UnreadableException("`" + name + "` has a value that gat does not know");
  }

  private String text(String name) throws UnreadableException {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new UnreadableException("`" + name + "` is no text");
  }

  private boolean flag(String name) throws UnreadableException {
    if (members.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw new UnreadableException("`" + name + "` is neither true nor false");
  }

  private List<String> texts(String name) throws UnreadableException {
    List<String> texts = new ArrayList<>();
    for (Object item : list(name)) {
      if (!(item instanceof String text)) {
        throw new UnreadableException("`" + name + "` has an item that is no text");
      }
      texts.add(text);
    }
    return texts;
  }

  @SuppressWarnings("unchecked") // StrictJson's objects have texts for names
  private List<ExplanationReader> objects(String name) throws UnreadableException {
    List<ExplanationReader> objects = new ArrayList<>();
    for (Object item : list(name)) {
      if (!(item instanceof Map<?, ?> object)) {
        throw new UnreadableException("`" + name + "` has an item that is no object");
      }
      objects.add(new ExplanationReader((Map<String, Object>) object));
    }
    return objects;
  }

  @SuppressWarnings("unchecked") // StrictJson's objects have texts for names
  private ExplanationReader object(String name) throws UnreadableException {
    if (members.get(name) instanceof Map<?, ?> object) {
      return new ExplanationReader((Map<String, Object>) object);
    }
    throw new UnreadableException("`" + name + "` is no object");
  }

  private List<?> list(String name) throws UnreadableException {
    if (members.get(name) instanceof List<?> list) {
      return list;
    }
    throw new UnreadableException("`" + name + "` is no list");
  }
}
