#include "core/cap.h"

#include "core/trace_text.h"

#define BASIS_POINTS 10000 /* in all */

/* What a limit may count: all, or what its rule and its outcome say. */
static const struct {
    const char *name;
    enum reason reason;
} caps[] = {
    {"CAP_TOTAL", REASON_CAP_TOTAL},
    {"CAP_SOURCE", REASON_CAP_SOURCE},
    {"CAP_BUCKET", REASON_CAP_BUCKET},
};

static size_t
type_of(const struct rulebook_cap *cap)
{
    return cap->outcome_kind != 0 ? 1 : cap->bucket_id.len > 0 ? 2 : 0;
}

static bool
counts(const struct rulebook_cap *cap, int32_t outcome_kind, struct slice bucket_id)
{
    if (cap->outcome_kind != 0)
        return cap->outcome_kind == outcome_kind;
    return cap->bucket_id.len == 0 || slice_equal(cap->bucket_id, bucket_id);
}

bool
cap_counts(const struct rulebook_cap *cap, const struct finding *finding)
{
    return finding->rule != NULL && finding->outcome != NULL &&
           counts(cap, finding->outcome->kind, finding->rule->bucket_id);
}

/* What other applications hold or have used. */
static int64_t
sum_of_others(const struct rulebook_cap *cap, const struct row_list *exemptions,
              struct slice application_no)
{
    int64_t sum = 0;

    for (size_t i = 0; i < exemptions->count; i++) {
        const struct exemption *row = exemptions->rows[i];

        if (row->state != HOLD_FREE && !slice_equal(row->application_no, application_no) &&
            counts(cap, row->outcome_kind, row->bucket_id))
            sum += row->centicredits;
    }
    return sum;
}

/* Of the lines up to this one, in the order of the application. */
static int64_t
sum_of_lines(const struct rulebook_cap *cap, const struct evaluation *evaluation,
             const struct finding *last)
{
    int64_t sum = 0;

    for (const struct finding *finding = evaluation->findings; finding <= last; finding++)
        for (size_t i = 0; i < finding->exemption_count && cap_counts(cap, finding); i++)
            sum += finding->exemptions[i].centicredits;
    return sum;
}

static int64_t
limit_of(struct world *world, const struct rulebook *rulebook, const struct rulebook_cap *cap)
{
    const struct programme *programme =
        world_find(world, TABLE_PROGRAMME,
                   &(struct programme){.school_id = rulebook->school_id,
                                       .programme_id = rulebook->programme_id});

    return programme == NULL
               ? 0
               : programme->graduation_centicredits * cap->basis_points / BASIS_POINTS;
}

static struct row_list
list_exemptions(struct world *world, const struct evaluation_request *request,
                const struct rulebook *rulebook)
{
    return world_list(world, TABLE_EXEMPTION,
                      &(struct exemption){.account_no = request->account_no,
                                          .school_id = request->school_id,
                                          .programme_id = rulebook->programme_id});
}

static struct row_list
list_caps(struct world *world, const struct rulebook *rulebook)
{
    return world_list(world, TABLE_RULEBOOK_CAP,
                      &(struct rulebook_cap){.school_id = rulebook->school_id,
                                             .rulebook_id = rulebook->rulebook_id,
                                             .version = rulebook->version});
}

size_t
caps_left(struct world *world, const struct evaluation_request *request,
          const struct rulebook *rulebook, struct arena *arena, struct cap_left **left)
{
    struct row_list rows = list_caps(world, rulebook);
    struct row_list exemptions = list_exemptions(world, request, rulebook);

    *left = arena_array(arena, rows.count, sizeof(**left));
    for (size_t i = 0; i < rows.count; i++)
        (*left)[i] = (struct cap_left){
            rows.rows[i], limit_of(world, rulebook, rows.rows[i]) -
                              sum_of_others(rows.rows[i], &exemptions, request->application_no)};
    return rows.count;
}

void
caps_check(struct check_list *checks, struct world *world, const struct evaluation *evaluation,
           const struct finding *finding, const struct rulebook *rulebook)
{
    const struct evaluation_request *request = &evaluation->request;
    struct row_list rows = list_caps(world, rulebook);

    for (size_t i = 0; i < rows.count; i++) {
        const struct rulebook_cap *cap = rows.rows[i];

        if (!cap_counts(cap, finding))
            continue;

        struct row_list exemptions = list_exemptions(world, request, rulebook);
        int64_t limit = limit_of(world, rulebook, cap);
        int64_t sum = sum_of_others(cap, &exemptions, request->application_no) +
                      sum_of_lines(cap, evaluation, finding);

        check_list_add(checks, caps[type_of(cap)].name, trace_number(checks->arena, limit),
                       trace_number(checks->arena, sum),
                       sum <= limit ? REASON_NONE : caps[type_of(cap)].reason);
    }
}
