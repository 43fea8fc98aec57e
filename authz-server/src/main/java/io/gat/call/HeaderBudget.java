package io.gat.call;

import io.gat.policy.AccessRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many headers a proxy takes. Envoy counts a request's again once gat has answered, and answers
 * 500 where they are too many; another would pass on as many as it likes. So a call whose identity
 * does not fit is refused, with a reason: the service never gets a part of an identity. What is
 * only there to help the caller is left out where it is long, and counted.
 *
 * <p>A request can come with more than the limits: Envoy counts a caller's headers first and adds
 * its own ones afterwards ({@code x-forwarded-proto}, {@code x-request-id}, …). It is refused as
 * well, on public rules too, since Envoy's second count is of every allow. Where a proxy takes
 * more, the configuration says so.
 *
 * <p>Where Envoy joins repeated headers by commas ({@code encode_raw_headers: false}), they count
 * as one here and as several there, so Envoy's bare 500 is still possible. Commas are not counted
 * in their place: most of them stand inside of one value ({@code accept}, {@code user-agent}), and
 * calls that have room would be refused.
 */
public final class HeaderBudget {
  /** Envoy's default, {@code max_headers_count}. */
  public static final int STANDARD_COUNT = 100;

  /** Envoy's default, {@code max_request_headers_kb: 60}. */
  public static final int STANDARD_BYTES = 60 * 1024;

  /** The longest value that only helps the caller. */
  static final int LONGEST_HELP = 4 * 1024;

  /** {@code :method}, {@code :path}, {@code :authority} and {@code :scheme}. */
  private static final int PSEUDO_HEADERS = 4;

  private static final int PSEUDO_BYTES = 40;

  private final int count;
  private final int bytes;
  private final LongAdder omitted = new LongAdder();

  /**
   * A budget.
   *
   * @param count how many headers a request may have, in [1, ∞)
   * @param bytes how long their names and values may be together, in [1, ∞)
   */
  public HeaderBudget(int count, int bytes) {
    if (count < 1 || bytes < 1) {
      throw new IllegalArgumentException("a proxy takes at least one header of one byte");
    }
    this.count = count;
    this.bytes = bytes;
  }

  /** That of an Envoy with its default limits. */
  public static HeaderBudget standard() {
    return new HeaderBudget(STANDARD_COUNT, STANDARD_BYTES);
  }

  /** True where a request has room for these headers; there may be none of them. */
  boolean fits(AccessRequest request, List<Header> set) {
    int headers = headers(request);
    long size = size(request);
    for (Header header : set) {
      headers += 1 - request.header(header.name()).size();
      size += header.name().length() + header.value().length();
    }
    return headers <= count && size <= bytes;
  }

  /**
   * True where a request has room for so many headers more, whatever it has already.
   *
   * @param moreBytes of their names and values together
   */
  boolean hasRoom(AccessRequest request, int more, int moreBytes) {
    return headers(request) + more <= count && size(request) + moreBytes <= bytes;
  }

  private static int headers(AccessRequest request) {
    int headers = PSEUDO_HEADERS;
    for (List<String> values : request.headers().values()) {
      headers += values.size();
    }
    return headers;
  }

  private static long size(AccessRequest request) {
    long size = PSEUDO_BYTES;
    size += request.method().length();
    size += request.host().length();
    size += request.target().length();
    for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
      for (String value : header.getValue()) {
        size += header.getKey().length() + value.length();
      }
    }
    return size;
  }

  /** True where a value that only helps the caller is short enough; counts it otherwise. */
  boolean helps(String value) {
    if (value.length() <= LONGEST_HELP) {
      return true;
    }
    omitted.increment();
    return false;
  }

  /** How many headers, or parts of them, were left out so far. */
  public long omitted() {
    return omitted.sum();
  }
}
