package io.gat.call;

import java.util.List;

/**
 * What a proxy changes of an allowed call. No header is both set and removed.
 *
 * @param set for the service: each replaces whatever the caller sent by its name
 * @param remove names in lower case, before the service gets the call
 */
public record HeaderChanges(List<Header> set, List<String> remove) {
  public HeaderChanges {
    set = List.copyOf(set);
    remove = List.copyOf(remove);
  }
}
