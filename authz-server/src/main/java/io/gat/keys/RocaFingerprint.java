package io.gat.keys;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Recognises RSA moduli of the Infineon library whose private key can be computed from the public
 * one (ROCA, CVE-2017-15361).
 *
 * <p>Its primes are k·M + (65537^a mod M), where M is a product of small primes, so that such a
 * modulus is a power of 65537 modulo each of them. A modulus from elsewhere is one by chance, too,
 * once in about 2^28: such a key is left out with a line in the log, and its owner makes another.
 */
final class RocaFingerprint {
  private static final BigInteger GENERATOR = BigInteger.valueOf(65_537);

  /** The odd primes of the smallest M that the library uses. */
  private static final int[] PRIMES = {
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167
  };

  private RocaFingerprint() {}

  /** True where the modulus has the fingerprint. */
  static boolean isIn(BigInteger modulus) {
    return Arrays.stream(PRIMES).allMatch(prime -> isPowerOfGenerator(modulus, prime));
  }

  private static boolean isPowerOfGenerator(BigInteger modulus, int prime) {
    BigInteger p = BigInteger.valueOf(prime);
    int wanted = modulus.mod(p).intValue();
    int generator = GENERATOR.mod(p).intValue();
    int power = 1;
    do {
      if (power == wanted) {
        return true;
      }
      power = power * generator % prime;
    } while (power != 1);
    return false;
  }
}
