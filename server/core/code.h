#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* 统一社会信用代码, GB 32100-2015: 18 characters of its alphabet. */
bool code_is_uscc_form(struct slice code) MUST_USE;

/* The same, and its check character is right. Some legal codes of the registry's are not. */
bool code_is_uscc(struct slice code) MUST_USE;

/* A bank's account number: 14 digits, the last a check digit (ISO/IEC 7812-1 Annex B, Luhn). */
#define ACCOUNT_NO_DIGITS 14
bool code_is_account_no(struct slice account_no) MUST_USE;

/* The check digit for the first 13. */
char code_account_check(const char digits[ACCOUNT_NO_DIGITS - 1]) MUST_USE;
