package io.gat.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderBudgetTest {
  private static final AccessRequest REQUEST =
      AccessRequest.builder()
          .method("GET")
          .host("h")
          .target("/")
          .headers(Map.of("a", List.of("1", "2"), "b", List.of("3")))
          .build();

  private static final List<Header> TWO = List.of(new Header("x", "1"), new Header("y", "2"));

  @Test
  void countsWhatIsSetBesideWhatCame() {
    assertTrue(new HeaderBudget(9, 1000).fits(REQUEST, TWO));
    assertFalse(new HeaderBudget(8, 1000).fits(REQUEST, TWO));
    // One that replaces others takes no more room than they did.
    assertTrue(new HeaderBudget(7, 1000).fits(REQUEST, List.of(new Header("a", "3"))));
  }

  @Test
  void countsBytes() {
    List<Header> big = List.of(new Header("x", "v".repeat(100)));

    assertTrue(new HeaderBudget(100, 160).fits(REQUEST, big));
    assertFalse(new HeaderBudget(100, 110).fits(REQUEST, big));
  }

  /** Envoy adds headers after its own count, and counts again after an allow. */
  @Test
  void refusesWhatCameBeyondTheLimits() {
    assertFalse(new HeaderBudget(6, 1000).fits(REQUEST, TWO));
    assertFalse(new HeaderBudget(100, 20).fits(REQUEST, TWO));
    assertFalse(new HeaderBudget(6, 1000).fits(REQUEST, List.of()));
    assertTrue(new HeaderBudget(7, 1000).fits(REQUEST, List.of()));
  }

  @Test
  void roomIsWhatIsLeftWhateverWouldBeReplaced() {
    assertTrue(new HeaderBudget(9, 1000).hasRoom(REQUEST, 2, 2));
    assertFalse(new HeaderBudget(8, 1000).hasRoom(REQUEST, 2, 2));
    assertFalse(new HeaderBudget(100, 100).hasRoom(REQUEST, 2, 100));
  }

  @Test
  void leavesOutWhatIsLongAndCountsIt() {
    HeaderBudget budget = HeaderBudget.standard();

    assertTrue(budget.helps("v".repeat(4096)));
    assertEquals(0, budget.omitted());
    assertFalse(budget.helps("v".repeat(4097)));
    assertEquals(1, budget.omitted());
  }
}
