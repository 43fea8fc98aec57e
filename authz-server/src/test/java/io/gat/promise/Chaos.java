package io.gat.promise;

import io.gat.promise.Link.Direction;
import io.gat.promise.Link.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Lets a plan of faults happen, two at a time, but never two to the same part of the world. */
final class Chaos {
  private static final int LANES = 2;
  private static final Duration REST = Duration.ofMillis(500);

  private final World world;
  private final List<Fault> plan;
  private final Token probe;
  private final AtomicInteger next = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Lock issuer = new ReentrantLock();
  private final Lock disk = new ReentrantLock();
  private final List<Lock> processes = new ArrayList<>();
  private final List<Lock> links = new ArrayList<>();

  /** With a token to see whether an authz server answers. */
  Chaos(World world, List<Fault> plan, Token probe) {
    this.world = world;
    this.plan = plan;
    this.probe = probe;
    world.servers.forEach(
        s -> {
          processes.add(new ReentrantLock());
          links.add(new ReentrantLock());
        });
  }

  /** For a time, and until so many faults have begun; ends all that it has begun. */
  void run(Duration time, int atLeast) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    List<Thread> lanes = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      lanes.add(Thread.ofVirtual().name("chaos").start(() -> lane(end, atLeast)));
    }
    for (Thread lane : lanes) {
      lane.join();
    }
    heal();
  }

  private void lane(long end, int atLeast) {
    try {
      while (failures.isEmpty()) {
        int number = next.getAndIncrement();
        boolean over = System.nanoTime() - end > 0 && number >= atLeast;
        if (over || number >= plan.size()) {
          return;
        }
        Fault fault = plan.get(number);
        Lock part = part(fault);
        part.lock();
        try {
          long from = System.nanoTime();
          happen(fault);
          world.history.faults.add(new History.Happened(fault.toString(), from, System.nanoTime()));
        } finally {
          part.unlock();
        }
        Waits.lasting(REST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private Lock part(Fault fault) {
    return switch (fault.kind()) {
      case KILL_ISSUER, PAUSE_ISSUER, STEP_ISSUERS_CLOCK -> issuer;
      case KILL_AUTHZ, PAUSE_AUTHZ, STEP_AUTHZ_CLOCK -> processes.get(fault.server());
      case FULL_DISK -> disk;
      case HOLD_TO_ISSUER,
          HOLD_TO_AUTHZ,
          SWALLOW_TO_ISSUER,
          SWALLOW_TO_AUTHZ,
          CUT_BOTH,
          RESET,
          DELAY_TO_ISSUER,
          DELAY_TO_AUTHZ,
          SLOW_TO_AUTHZ ->
          links.get(fault.server());
    };
  }

  private void happen(Fault fault) throws InterruptedException {
    AuthzServer server = world.servers.get(fault.server());
    switch (fault.kind()) {
      case KILL_ISSUER -> restartIssuer();
      case KILL_AUTHZ -> server.killAndRestart(probe, World.START);
      case PAUSE_ISSUER -> paused(world.issuer, fault.lasts());
      case PAUSE_AUTHZ -> paused(server.process, fault.lasts());
      case HOLD_TO_ISSUER -> cut(server.link, fault, Way.HELD, Direction.TO_ISSUER);
      case HOLD_TO_AUTHZ -> cut(server.link, fault, Way.HELD, Direction.TO_AUTHZ);
      case SWALLOW_TO_ISSUER -> cut(server.link, fault, Way.SWALLOWED, Direction.TO_ISSUER);
      case SWALLOW_TO_AUTHZ -> cut(server.link, fault, Way.SWALLOWED, Direction.TO_AUTHZ);
      case CUT_BOTH ->
          cut(server.link, fault, Way.SWALLOWED, Direction.TO_AUTHZ, Direction.TO_ISSUER);
      case RESET -> server.link.reset();
      case DELAY_TO_ISSUER -> cut(server.link, fault, delay(fault), Direction.TO_ISSUER);
      case DELAY_TO_AUTHZ -> cut(server.link, fault, delay(fault), Direction.TO_AUTHZ);
      case SLOW_TO_AUTHZ -> cut(server.link, fault, Way.slow(fault.amount()), Direction.TO_AUTHZ);
      case FULL_DISK -> fillDisk(fault);
      case STEP_ISSUERS_CLOCK -> world.issuer.step(Duration.ofSeconds(fault.amount()));
      case STEP_AUTHZ_CLOCK -> server.process.step(Duration.ofSeconds(fault.amount()));
    }
  }

  private static Way delay(Fault fault) {
    return Way.delayed(Duration.ofMillis(fault.amount()));
  }

  private static void paused(GatProcess process, Duration lasts) {
    process.pause();
    Waits.lasting(lasts);
    process.resume();
  }

  private static void cut(Link link, Fault fault, Way way, Direction... directions) {
    for (Direction direction : directions) {
      link.set(direction, way);
    }
    Waits.lasting(fault.lasts());
    for (Direction direction : directions) {
      link.set(direction, Way.OPEN);
    }
  }

  /** The first bytes after that are for what takes away; with an amount they are taken, too. */
  private void fillDisk(Fault fault) {
    SmallDisk small = world.disk.orElseThrow();
    long end = System.nanoTime() + fault.lasts().toNanos();
    small.fill();
    while (System.nanoTime() - end < 0) {
      Waits.briefly();
      if (fault.amount() > 0) {
        small.fill();
      }
    }
    small.free();
  }

  /** Starts it until it stays: a log may be without space for a while. */
  private void restartIssuer() throws InterruptedException {
    world.issuer.kill();
    long from = System.nanoTime();
    do {
      if (System.nanoTime() - from > World.START.toNanos()) {
        throw new AssertionError("the issuer does not start; see " + world.issuer.said());
      }
      world.issuer.kill();
      world.issuer.start();
    } while (!world.issuer.awaitReady(World.START));
  }

  /** Whatever still lasts ends. */
  private void heal() {
    world.servers.forEach(
        server -> {
          server.link.heal();
          server.process.resume();
          server.process.step(Duration.ZERO);
        });
    world.issuer.resume();
    world.issuer.step(Duration.ZERO);
    world.disk.ifPresent(SmallDisk::free);
  }

  /** How often each kind has happened. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    Fault.kinds().forEach(kind -> counts.put(kind.name(), 0));
    world.history.faults.forEach(
        f -> counts.merge(f.what().substring(0, f.what().indexOf(' ')), 1, Integer::sum));
    return counts;
  }

  /** What it could not do. */
  List<String> failures() {
    return failures.stream().map(f -> "A FAULT FAILED: " + f).toList();
  }
}
