#pragma once

#include "core/item.h"
#include "store/rows.h"

/* struct outcome of an institution with these numbers, in the order asked; others are left out. */
struct step store_list_posted_outcomes(struct call *call, struct slice institution_id,
                                       const struct text_list *outer_ids, struct rows *out,
                                       step_fn *next) MUST_USE;
