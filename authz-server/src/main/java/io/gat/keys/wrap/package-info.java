/**
 * Key-encryption keys: in a file, in a PKCS#11 token, in Vault's transit engine. All do the same
 * ({@link io.gat.keys.KeyEncryption}, held by one contract suite): AES-GCM over a private key, with
 * the key's id as associated data. Each is safe to share between threads.
 */
@NullMarked
package io.gat.keys.wrap;

import org.jspecify.annotations.NullMarked;
