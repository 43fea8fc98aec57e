package io.gat.policy.compile;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationResult;
import dev.cel.compiler.CelCompiler;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Type checkers for conditions, each for the functions that some conditions call.
 *
 * <p>CEL's checker declares all that it knows anew for every expression, and compares every
 * overload with its siblings each time: half of the time that a large policy takes to compile. One
 * that knows only the functions of an expression says the same of it, since functions with
 * different names have nothing to do with each other. Conditions resemble each other, so a policy
 * needs few checkers. Safe to share between threads.
 */
final class Checkers {
  private final Map<Set<String>, CelCompiler> byFunctions = new ConcurrentHashMap<>();

  /**
   * Checks an expression's types.
   *
   * @param functions all that it calls, by CEL's names
   */
  CelValidationResult check(CelAbstractSyntaxTree tree, Set<String> functions) {
    return byFunctions.computeIfAbsent(functions, ConditionLanguage::checker).check(tree);
  }
}
