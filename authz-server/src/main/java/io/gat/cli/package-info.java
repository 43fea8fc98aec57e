/**
 * The command line: one picocli command a class, results on stdout, everything else on stderr.
 *
 * <p>Collaborators: {@code config} reads files, {@code server} runs the roles, {@code issue} mints.
 * Exit codes are 0 for yes, 1 for no, 2 for input that cannot be used. Commands run on the main
 * thread.
 */
@NullMarked
package io.gat.cli;

import org.jspecify.annotations.NullMarked;
