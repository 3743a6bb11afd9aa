#pragma once

#include "base/arena.h"

/*
 * What people call the field of the contract that a refusal names by its path:
 * "course_result_recorded.centiscore" is 课程成绩·成绩, "lines[1].rule_no" 申请明细 2·条款编号.
 * A path with a part that is not known stays as it is.
 */
const char *field_name(const char *path, bool chinese, struct arena *arena) MUST_USE;
