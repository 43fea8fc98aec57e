package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7541, appendix C, among others. */
final class HeaderBlockTest {
  @ParameterizedTest
  @CsvSource({
    "'', true, nothing",
    "82, true, indexed",
    "ff80808001, true, indexed by a long number",
    "82868441, false, cut short: a field to be added",
    "400a637573746f6d2d6b65790d637573746f6d2d686561646572, false, C.2.1 a field to be added",
    "040c2f73616d706c652f70617468, true, C.2.2 a field not to be added",
    "100870617373776f726406736563726574, true, C.2.3 a field never to be added",
    "828684418cf1e3c2e5f23a6ba0ab90f4ff, false, C.4.1 adds the authority",
    "828684be5886a8eb10649cbf, false, C.4.2 adds cache-control",
    "3fe11f, false, a new size",
    "20, false, a new size of 0",
    "040c2f73616d706c652f706174, false, a text that is cut short",
    "0f10106170706c69636174696f6e2f67727063, true, a name by a long index",
    "0f, false, an index that is cut short",
    "00, false, a name that is missing",
    "04ff808080808001, false, a length beyond all frames",
    "82 82 00 01 61 01 62 82, true, several"
  })
  void knowsWhatLeavesTheTableAsItIs(String hex, boolean leaves, String what) {
    byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));
    byte[] among = new byte[block.length + 2];
    System.arraycopy(block, 0, among, 1, block.length);
    among[among.length - 1] = (byte) 0x82;
    assertEquals(leaves, HeaderBlock.leavesTable(among, 1, block.length), what);
  }

  @Test
  void isEqualToTheSameBytes() {
    byte[] bytes = {9, 1, 2, 3, 1, 2, 3};
    assertEquals(HeaderBlock.of(bytes, 1, 3), HeaderBlock.of(bytes, 4, 3));
    assertEquals(HeaderBlock.of(bytes, 1, 3).hashCode(), HeaderBlock.of(bytes, 4, 3).hashCode());
    assertNotEquals(HeaderBlock.of(bytes, 1, 3), HeaderBlock.of(bytes, 1, 2));
  }
}
