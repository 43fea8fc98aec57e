package io.gat.log;

/** The log of the tests keeps the contract, too. */
final class MemoryLogTest extends SharedLogContract {
  private final MemoryLog.Store store = new MemoryLog.Store();

  @Override
  SharedLog open() {
    return new MemoryLog(store, "memory", now::get);
  }

  @Override
  void fill() {
    store.become(new LogHealth.Full());
  }

  @Override
  void free() {
    store.become(new LogHealth.Sound());
  }
}
