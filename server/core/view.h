#pragma once

#include "core/schema.h"

/* What readers are shown beside the rows of the bank's state: plain data. */

/* Totals of one kind of outcome. */
struct outcome_total {
    int32_t kind;
    int64_t count, centihours, centicredits;
};

/* An outcome and which application holds it. */
struct outcome_view {
    struct outcome row;   /* of which only schema_outcome_shown is filled in */
    struct slice used_by; /* empty: free, or not for the caller to know */
    int64_t used_time_us; /* of that application's latest move */
};

struct exemption_view {
    struct exemption row;
    struct slice course_name;
};

/* Who looked at an account. */
struct look {
    int64_t look_no;
    struct slice institution_id;
    struct slice method;
    int64_t look_time_us;
};

/* What others than the owner are shown is masked (core/document.h). */
struct person_view {
    int32_t document_type; /* 0: her identity was destroyed */
    struct slice number, name;
};
