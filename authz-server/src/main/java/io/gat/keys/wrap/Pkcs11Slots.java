package io.gat.keys.wrap;

import io.gat.keys.KeySourceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds a PKCS#11 token by its label (PKCS #11 v2.40, sections 5.4 and 5.5). The JDK's provider
 * knows slots by their numbers only, and those change: SoftHSM draws them, others count what is
 * plugged in.
 */
final class Pkcs11Slots {
  private static final long OK = 0;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final long OS_LOCKING = 2;
  private static final int MOST_SLOTS = 256;

  /** Where the functions stand in {@code CK_FUNCTION_LIST}, after its version. */
  private static final int INITIALIZE = 0;

  private static final int GET_SLOT_LIST = 4;
  private static final int GET_TOKEN_INFO = 6;
  private static final int FUNCTIONS = 7;

  private static final long POINTER = ValueLayout.ADDRESS.byteSize();

  /** {@code CK_C_INITIALIZE_ARGS}: four functions that we don't have, flags, a reserved pointer. */
  private static final long FLAGS_OF_ARGUMENTS = 4 * POINTER;

  private static final long ARGUMENTS = 6 * POINTER;

  /** {@code CK_TOKEN_INFO} begins with its label, padded by blanks; the whole is shorter. */
  private static final int LABEL = 32;

  private static final long TOKEN_INFO = 512;

  private final MemorySegment functions;

  private Pkcs11Slots(MemorySegment functions) {
    this.functions = functions;
  }

  /**
   * The number of the slot whose token has this label.
   *
   * @throws KeySourceException where the library is none, or there is no such token, or several
   */
  static long find(Path library, String label) {
    try (Arena arena = Arena.ofConfined()) {
      Pkcs11Slots slots = new Pkcs11Slots(functions(library, arena));
      slots.initialize(arena);
      return slots.find(library, label, arena);
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment functions(Path library, Arena arena) {
    MemorySegment entry;
    try {
      // Loaded for good: the JDK's provider uses it, too.
      entry =
          SymbolLookup.libraryLookup(library, Arena.global())
              .find("C_GetFunctionList")
              .orElseThrow(
                  () ->
                      new KeySourceException(
                          library + ": no PKCS#11 library; name the .so of your token's vendor"));
    } catch (IllegalArgumentException e) {
      throw new KeySourceException(
          library + ": cannot be loaded; name the PKCS#11 library (.so) of your token's vendor");
    }
    MemorySegment list = arena.allocate(ValueLayout.ADDRESS);
    MethodHandle get =
        Linker.nativeLinker()
            .downcallHandle(
                entry, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    expect(library, "C_GetFunctionList", call(get, list));
    return list.get(ValueLayout.ADDRESS, 0).reinterpret(POINTER + FUNCTIONS * POINTER);
  }

  private void initialize(Arena arena) {
    MemorySegment arguments = arena.allocate(ARGUMENTS, POINTER);
    arguments.set(ValueLayout.JAVA_LONG, FLAGS_OF_ARGUMENTS, OS_LOCKING);
    long result = call(function(INITIALIZE, ValueLayout.ADDRESS), arguments);
    if (result != ALREADY_INITIALIZED) {
      expect(Path.of("the PKCS#11 library"), "C_Initialize", result);
    }
  }

  private long find(Path library, String label, Arena arena) {
    MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
    count.set(ValueLayout.JAVA_LONG, 0, MOST_SLOTS);
    MemorySegment slots = arena.allocate(ValueLayout.JAVA_LONG, MOST_SLOTS);
    MethodHandle getSlotList =
        function(GET_SLOT_LIST, ValueLayout.JAVA_BYTE, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    expect(library, "C_GetSlotList", call(getSlotList, (byte) 1, slots, count));
    MethodHandle getTokenInfo =
        function(GET_TOKEN_INFO, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    List<Long> found = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
      long slot = slots.getAtIndex(ValueLayout.JAVA_LONG, i);
      MemorySegment info = arena.allocate(TOKEN_INFO, POINTER);
      if (call(getTokenInfo, slot, info) == OK) {
        String told =
            new String(
                    info.asSlice(0, LABEL).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8)
                .stripTrailing();
        if (told.equals(label)) {
          found.add(slot);
        } else if (!told.isEmpty()) {
          labels.add(told);
        }
      }
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new KeySourceException(
        library
            + (found.isEmpty() ? ": has no token " : ": has several tokens ")
            + "with the label \""
            + label
            + "\"; it has "
            + (labels.isEmpty() ? "no other" : "\"" + String.join("\", \"", labels) + "\"")
            + "; initialize one, such as by softhsm2-util --init-token --free --label "
            + label);
  }

  @SuppressWarnings("restricted")
  private MethodHandle function(int index, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(
            functions.get(ValueLayout.ADDRESS, POINTER + index * POINTER),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments));
  }

  private static long call(MethodHandle function, Object... arguments) {
    try {
      return (long) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native function throws nothing", e);
    }
  }

  private static void expect(Path library, String what, long result) {
    if (result != OK) {
      throw new KeySourceException(
          library
              + ": "
              + what
              + " fails with 0x"
              + Long.toHexString(result)
              + "; see the manual of your token's vendor");
    }
  }
}
