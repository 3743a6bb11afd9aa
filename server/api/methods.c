#include "api/methods.h"

#define METHOD(symbol, ...) &symbol##_method,
const struct method *const methods[METHOD_COUNT] = {
#include "methods.inc"
};
