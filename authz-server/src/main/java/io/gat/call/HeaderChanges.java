package io.gat.call;

import java.util.List;

/**
 * What a proxy changes of an allowed call. No header is both set and removed.
 *
 * @param set for the service: each replaces whatever the caller sent by its name
 * @param remove names in lower case, before the service gets the call
 * @param removeQuery query parameters, by their names as they are written in this call
 * @param forCaller headers of the service's response on its way back
 */
public record HeaderChanges(
    List<Header> set, List<String> remove, List<String> removeQuery, List<Header> forCaller) {
  public HeaderChanges {
    set = List.copyOf(set);
    remove = List.copyOf(remove);
    removeQuery = List.copyOf(removeQuery);
    forCaller = List.copyOf(forCaller);
  }
}
