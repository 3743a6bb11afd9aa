/* rulebook list: what a school accepts for what. */
#include "view.h"

#include "label.h"

#include "creditbank/v1/rule_service.pb-c.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}}, {0}};

/* The version in force in place of this one; 0: none is. */
static uint32_t
successor(const Creditbank__V1__ListRulebooksResponse *list, const Creditbank__V1__Rulebook *of)
{
    uint32_t newest = 0;

    for (size_t i = 0; i < list->n_rulebooks; i++) {
        const Creditbank__V1__Rulebook *other = list->rulebooks[i];

        if (other->state == CREDITBANK__V1__RULEBOOK_STATE__RULEBOOK_STATE_PUBLISHED &&
            strcmp(other->filed->rulebook_id, of->filed->rulebook_id) == 0 &&
            other->filed->version > of->filed->version && other->filed->version > newest)
            newest = other->filed->version;
    }
    return newest;
}

static const char *
state_text(const struct cli *cli, const Creditbank__V1__ListRulebooksResponse *list,
           const Creditbank__V1__Rulebook *rulebook)
{
    uint32_t newest = rulebook->state == CREDITBANK__V1__RULEBOOK_STATE__RULEBOOK_STATE_PUBLISHED
                          ? successor(list, rulebook)
                          : 0;

    if (newest == 0)
        return label_text(&creditbank__v1__rulebook_state__descriptor, (int)rulebook->state,
                          cli->chinese);
    return arena_printf(cli->arena, cli->chinese ? "已被第 %u 版取代" : "superseded by %u", newest);
}

static const struct column columns[] = {{{"转换办法", "Rulebook"}, "filed.rulebook_id"},
                                        {{"版本", "Version"}, "filed.version"},
                                        {{"名称", "Title"}, "filed.title"},
                                        {{"培养方案", "Programme"}, "filed.programme_id"},
                                        {{"起", "From"}, "filed.from_date"},
                                        {{"止", "To"}, "filed.to_date"},
                                        {{"状态", "State"}, "state"}};

/* As a table of messages, but that the state says which version stands in place of another. */
static void
show(struct cli *cli, const ProtobufCMessage *answer)
{
    const Creditbank__V1__ListRulebooksResponse *list = (const void *)answer;
    const size_t last = ARRAY_COUNT(columns) - 1;
    const char *cells[ARRAY_COUNT(columns)];
    struct table table;

    table_init(&table, cli->arena, ARRAY_COUNT(columns));
    for (size_t i = 0; i <= last; i++)
        cells[i] = words_in(&columns[i].heading, cli->chinese);
    table_add(&table, cells);
    for (size_t i = 0; i < list->n_rulebooks; i++) {
        for (size_t j = 0; j < last; j++)
            cells[j] =
                fields_text(&list->rulebooks[i]->base, columns[j].path, cli->chinese, cli->arena);
        cells[last] = state_text(cli, list, list->rulebooks[i]);
        table_add(&table, cells);
    }
    view_list(cli, &table);
}

static const struct query query = {
    .service = &creditbank__v1__rule_service__descriptor,
    .method = "ListRulebooks",
    .rows = "rulebooks",
    .show = show,
};

const struct command cmd_rulebook_list = {
    .name = "rulebook list",
    .summary = {"列出学校的转换办法", "list a school's rulebooks"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
