#pragma once

#include "base/reason.h"
#include "base/slice.h"
#include "core/terms.h"

/*
 * What a document says of a person, brought into one form, so that the same
 * person written in different ways is found: blanks around it are dropped,
 * full-width characters become ASCII, letters upper case.
 *
 *   resident id       GB 11643: 18 characters, a date of birth, a check character (ISO 7064
 *                     MOD 11-2)
 *   HMT permit        港澳台居民居住证: the same form and check, with area 81, 82 or 83
 *   foreigner's card  外国人永久居留身份证: since 2023 the same form, beginning with 9; before,
 *                     3 letters and 12 digits, the 5th to 10th of which are the date of birth as
 *                     YYMMDD
 *   passport          5 to 20 letters and digits
 *   school number     全国学籍号 of who has no document: J or L, then 17 digits and a digit or X,
 * which after J is the check character
 */
#define DOCUMENT_NUMBER_MAX 32  /* bytes, as sent */
#define DOCUMENT_NUMBER_SIZE 24 /* a normalised number, with its terminator */

/* Sets `normal`; REASON_NONE, or why the number is none of that type on the day `today`. */
enum reason document_normalise(enum document_type type, struct slice number, int32_t today,
                               char normal[DOCUMENT_NUMBER_SIZE]);

#define PERSON_NAME_MAX 120 /* bytes */

/*
 * A name in one form: blanks around it are dropped, and those between Han characters,
 * with which registers pad short names; others within become one space, and whatever
 * is written for the middle dot becomes U+00B7. Sets
 * `normal`; REASON_NONE, or why it is no name.
 */
enum reason document_normalise_name(struct slice name, char normal[PERSON_NAME_MAX + 1]);

/* What others than the owner are shown: "王*" of a name, "110***********1234" of a number. */
void document_mask_name(struct slice name, char masked[PERSON_NAME_MAX + 1]);
void document_mask_number(struct slice number, char masked[DOCUMENT_NUMBER_SIZE]);
