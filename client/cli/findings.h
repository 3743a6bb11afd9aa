#pragma once

#include "cli.h"

#include "creditbank/v1/rule_service.pb-c.h"

/* Whose outcomes by whose rulebook. */
extern const struct argument findings_arguments[];

/* Shows an evaluation: every rule against every outcome, clause by clause. */
void findings_view(struct cli *cli, Creditbank__V1__Finding *const *findings, size_t count);

/* What a learner would get at a school. The caller frees the result when EXIT_DONE. */
enum exit_code findings_get(struct cli *cli, const struct command *command,
                            const struct given *given, struct creditbank_result *result,
                            const Creditbank__V1__EvaluateResponse **found) MUST_USE;

/* The best combination of what she has. The same of the result. */
enum exit_code findings_get_best(
    struct cli *cli, const struct command *command, const struct given *given,
    struct creditbank_result *result,
    const Creditbank__V1__FindBestCombinationResponse **found) MUST_USE;

/* The courses that a finding exempts, with commas between; in the arena. */
const char *findings_courses(const Creditbank__V1__Finding *finding, struct arena *arena) MUST_USE;
