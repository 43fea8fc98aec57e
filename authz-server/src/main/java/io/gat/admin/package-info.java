/**
 * The admin API, without its transport: who is an operator, and what an operator may ask.
 *
 * <p>Collaborators: {@code http} serves it; {@code decide} judges operators' gats and explains
 * checks. All classes may be shared between threads.
 */
@NullMarked
package io.gat.admin;

import org.jspecify.annotations.NullMarked;
