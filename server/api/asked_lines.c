#include "api/asked_lines.h"

#include "convert/reply_application.h"
#include "core/application.h"

#define ID_BYTES_MAX 64 /* of a number or code; the rules are stricter */

static void
check_size(struct call *call, size_t index, const struct line_applied *line,
           struct refusal_list *refusals)
{
    struct arena *arena = call_arena(call);
    const char *field = arena_printf(arena, "lines[%zu]", index);

    if (line->outcome.institution_id.len == 0 || line->outcome.outer_id.len == 0)
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, field, REASON_FIELD_REQUIRED, "outcome");
    if (line->outcome.institution_id.len > ID_BYTES_MAX ||
        line->outcome.outer_id.len > ID_BYTES_MAX)
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, field, REASON_FIELD_TOO_LONG, "1-%d",
                    ID_BYTES_MAX);
    if (line->course_codes.count < 1 || line->course_codes.count > APPLICATION_COURSES_MAX)
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, field, REASON_FIELD_RANGE, "1-%d",
                    APPLICATION_COURSES_MAX);
    for (size_t i = 0; i < line->course_codes.count && i < APPLICATION_COURSES_MAX; i++)
        if (line->course_codes.texts[i].len > ID_BYTES_MAX)
            refusal_add(refusals, arena, REFUSAL_NO_ITEM, field, REASON_FIELD_TOO_LONG, "1-%d",
                        ID_BYTES_MAX);
}

struct line_applied *
asked_lines_read(struct call *call, Creditbank__V1__ApplicationLine *const *lines, size_t count,
                 struct refusal_list *refusals)
{
    struct line_applied *read;

    if (count < 1 || count > APPLICATION_LINES_MAX) {
        refusal_add(refusals, call_arena(call), REFUSAL_NO_ITEM, "lines", REASON_FIELD_RANGE,
                    "1-%d", APPLICATION_LINES_MAX);
        return NULL;
    }
    read = decode_lines(call_arena(call), lines, count);
    for (size_t i = 0; i < count; i++)
        check_size(call, i, &read[i], refusals);
    return read;
}

static void
refuse_failed(struct call *call, const char *field, const struct check *check,
              struct refusal_list *refusals)
{
    for (; check != NULL; check = check->next)
        if (check_refuses(check))
            refusal_add(refusals, call_arena(call), REFUSAL_NO_ITEM, field, check->reason, "%s",
                        check->detail);
}

void
asked_lines_judge(struct call *call, const struct evaluation *evaluation,
                  struct refusal_list *refusals)
{
    refuse_failed(call, "rulebook_id", evaluation->general, refusals);
    for (size_t i = 0; i < evaluation->finding_count; i++)
        refuse_failed(call, arena_printf(call_arena(call), "lines[%zu]", i),
                      evaluation->findings[i].checks, refusals);
}
