/**
 * The life of the issuers' signing keys: <i>pending → active → retiring → retired</i>.
 *
 * <p>What happened to keys are records of the shared log; a {@link io.gat.keys.life.KeyRing} is
 * what they add up to, the same for every issuer. A {@link io.gat.keys.life.KeySchedule} says what
 * one issuer does next, purely by ring and time; a {@link io.gat.keys.life.KeyKeeper} does it: it
 * makes keys, writes records and has them audited. A {@link io.gat.keys.life.RingSigner} signs with
 * what the ring allows. {@link io.gat.keys.life.Waits} measures what keys wait for, whatever is
 * done to the clock. {@link io.gat.keys.life.SigningKeys} joins them.
 *
 * <p>Every record that changes a ring is appended on the condition that the ring has not changed
 * meanwhile, so that issuers can't disagree, whoever is late. Rings and their parts are immutable;
 * one thread acts, and any number sign and read.
 *
 * <p>Collaborators: {@code log} keeps the records, {@code audit} learns of each change, {@code
 * keys.wrap} encrypts private keys, {@code issue} signs.
 */
@NullMarked
package io.gat.keys.life;

import org.jspecify.annotations.NullMarked;
