#pragma once

#include "base/attributes.h"

/* The calculator's process: serves until the supervisor ends it; takes `control_fd` over. */
int calculator_run(int control_fd) MUST_USE;
