#pragma once

#include "base/buffer.h"

/*
 * What people and spreadsheets write in a cell, brought to one form: full-width
 * digits, letters and signs become ASCII ones, ideographic and no-break spaces
 * become blanks, and blanks at either end go. What is between stays as it is.
 */

/* Appends the cell's normal form; false beyond the buffer's limit. */
bool normal_cell(struct slice cell, struct buffer *normal) MUST_USE;

/*
 * A date: 2026-03-05, 2026/3/5, 2026.3.5, 20260305, 2026年3月5日, each with midnight
 * beside it or not (2026/3/5 0:00). Days since 1970-01-01.
 */
bool normal_date(struct slice text, int32_t *days) MUST_USE;

/*
 * Whether a spreadsheet has turned a long number into a short one: "1.10101E+17".
 * Its digits are lost, so nothing can be made of it.
 */
bool normal_is_mangled(struct slice text) MUST_USE;

/* How a score is written, and what it is worth, in hundredths. */
enum normal_scheme { NORMAL_PERCENTAGE = 1, NORMAL_PASS_FAIL = 2, NORMAL_FIVE_GRADE = 3 };

/* "85", "85.5", "合格", "不合格", "优", "良", "中", "及格", "不及格"; false for anything else. */
bool normal_score(struct slice text, enum normal_scheme *scheme, int64_t *centiscore) MUST_USE;

/* The score's word in its scheme: "优" or "excellent"; NULL where the scheme has none for it. */
const char *normal_score_word(int scheme, int64_t centiscore, bool chinese) MUST_USE;

/*
 * Whether a spreadsheet would run the cell as a formula: it begins with = + - @, a
 * tab or a carriage return.
 */
bool normal_is_formula(struct slice cell) MUST_USE;
