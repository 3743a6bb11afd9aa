#pragma once

#include "calculator/calculator.h"
#include "flow/channel.h"

/*
 * What the two ends of a calculator say to each other: messages of flow/channel.h.
 * A request's answer has its own type. Both ends are one program, so structs
 * travel as they are.
 */
enum calculator_message {
    CALCULATOR_HASH = 1, /* salt, then the password; answered by a struct password_hash */
    CALCULATOR_VERIFY,   /* struct password_hash, then the password; answered by one byte, 0 or 1 */
    CALCULATOR_COMBINE,  /* struct combination_problem; answered by a struct combination */
};

/* The largest of these. */
#define CALCULATOR_BODY_MAX sizeof(struct combination_problem)

extern const struct channel_limits calculator_channel_limits;
