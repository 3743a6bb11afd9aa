#pragma once

/*
 * Most keys registered for one institution in all its life: those revoked count,
 * because a statement carries what registered and what revoked each of them. Two
 * rotations a year of five duties take 25 years.
 */
#define KEYS_MAX 256
