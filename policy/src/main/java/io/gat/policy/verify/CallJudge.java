package io.gat.policy.verify;

import io.gat.policy.Policy;
import java.util.Collection;

/**
 * Decides one call of a test as the running system would, tokens and wire format included. A call
 * leaves nothing behind: the next one is decided as if it were the first.
 */
public interface CallJudge {
  /** Every reason that an answer may have, for "did you mean". */
  Collection<String> reasons();

  /** The answer that the mesh would get under this policy. */
  Answer judge(Policy policy, TestCall call);
}
