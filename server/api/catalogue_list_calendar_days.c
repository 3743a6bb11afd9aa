/* CatalogueService.ListCalendarDays: the holidays and make-up working days of a year. */
#include "api/methods.h"
#include "base/date.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct list_calendar_days {
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_calendar_days(struct call *call)
{
    const Creditbank__V1__ListCalendarDaysRequest *req = call_request(call);
    struct list_calendar_days *s = call_state(call);

    if (req->year < DATE_YEAR_MIN || req->year > DATE_YEAR_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "year", "%d, %d–%d", req->year, DATE_YEAR_MIN,
                           DATE_YEAR_MAX);
    return store_list_calendar_days(call, req->year, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_calendar_days *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct calendar_day *rows = s->rows.at;
    Creditbank__V1__ListCalendarDaysResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_calendar_days_response__init(response);
    response->n_days = s->rows.count;
    response->days = arena_array(arena, s->rows.count, sizeof(*response->days));
    for (size_t i = 0; i < s->rows.count; i++)
        response->days[i] = reply_calendar_day(arena, &rows[i]);
    return call_reply(call, response);
}

const struct method catalogue_list_calendar_days_method = {
    .name = "creditbank.v1.CatalogueService/ListCalendarDays",
    .start = list_calendar_days,
    .state_size = sizeof(struct list_calendar_days),
    .callers = MAY_ANYBODY,
};
