#pragma once

#include "db/statement.h"
#include "flow/call.h"

/*
 * Whose records a caller may see. Every statement that reads personal rows has
 * the scope as its first two parameters, and its WHERE names one of the
 * conditions below: so nobody's record answers as an absent one.
 *
 *   learner       everything of her own account
 *   institution   accounts enrolled at it or with an outcome that it posted; of their outcomes
 *                 those that it posted, and those that an application to it names
 *   others        nothing
 */
enum scope_kind { SCOPE_NOBODY, SCOPE_OWNER, SCOPE_INSTITUTION };

struct scope {
    enum scope_kind kind;
    struct slice id; /* account number of the owner, or the institution's id */
};

/* Of the caller of this call, from what his credential proved. */
struct scope scope_of(const struct call *call);

/* Parameters that begin with the scope: $1 and $2. */
struct db_params *scope_params(struct call *call, const struct scope *scope);

/* Whether the scope reaches an account; `account_no` is a column. */
#define SCOPE_SEES_ACCOUNT(account_no)                                              \
    "(($1 = 1 AND " account_no " = $2) OR ($1 = 2 AND ("                            \
    "EXISTS (SELECT FROM projection.enrolment se WHERE se.account_no = " account_no \
    " AND se.school_id = $2) OR EXISTS (SELECT FROM projection.outcome so"          \
    " WHERE so.account_no = " account_no " AND so.institution_id = $2))))"

/* Whether it reaches an outcome, row `t` of projection.outcome. */
#define SCOPE_SEES_OUTCOME                                                                  \
    "(($1 = 1 AND t.account_no = $2) OR ($1 = 2 AND (t.institution_id = $2"                 \
    " OR EXISTS (SELECT FROM projection.application sa JOIN projection.application_line sl" \
    " ON sl.application_no = sa.application_no WHERE sa.account_no = t.account_no"          \
    " AND sa.school_id = $2 AND sl.institution_id = t.institution_id"                       \
    " AND sl.outer_id = t.outer_id))))"

/* A row if the scope reaches account $3. */
extern const struct db_statement scope_sees_account;

/* What a look at a person is called in her list: the method without its package. */
const char *look_method(const struct call *call);

/*
 * A statement of an institution that shows rows of `found`, with the numbers of
 * their accounts, is a look at each. Its parameters begin with those of
 * look_params(): $1 the institution, $2 the method, $3 the time.
 */
#define LOOK_AT_FOUND                                                                        \
    " looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)" \
    " SELECT DISTINCT account_no, $1, $2, $3::int8 FROM found)"

/*
 * The same, and all rows of `found` in this order, of which the last one of `limit`
 * only tells that there are more, and is shown to nobody.
 */
#define SHOW_PAGE(order, limit)                                                              \
    " looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)" \
    " SELECT DISTINCT account_no, $1, $2, $3::int8 FROM (SELECT account_no FROM found"       \
    " ORDER BY " order " LIMIT " limit " - 1) AS shown)"                                     \
    " SELECT * FROM found ORDER BY " order

struct db_params *look_params(struct call *call, struct slice institution_id);

/* Adds, for an institution, that it looks at this account, if the scope reaches it. */
void scope_add_look(struct call *call, const struct scope *scope, struct slice account_no,
                    struct db_batch *batch);
