/**
 * The issuers' shared log: the one place where the control plane keeps what must survive it. Keys,
 * revocations, single-use claims and the audit log are records in it; whoever needs them reads them
 * in order and holds its own view in memory.
 *
 * <p>{@link io.gat.log.SharedLog} is the interface. Nothing above it may depend on which kind of
 * log it has: one process with an embedded log and many issuers on a replicated one run the same
 * code. So there is no transaction wider than one append, no clock that two writers share, and no
 * answer that means more than "this is durable". Depends on nothing of gat. All classes are safe to
 * share between threads.
 */
@NullMarked
package io.gat.log;

import org.jspecify.annotations.NullMarked;
