package io.gat.cli.replay;

/** Whether something was so, as far as a record tells. */
enum Known {
  YES,
  NO,
  UNKNOWN
}
