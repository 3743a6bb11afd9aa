#include "rpc/method_table.h"

#include "creditbank/v1/account_service.pb-c.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "creditbank/v1/catalogue_service.pb-c.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "creditbank/v1/rule_service.pb-c.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "creditbank/v1/statement_service.pb-c.h"

#define METHOD(symbol, name, request, response, no_side_effects, client_streams, server_streams) \
    {(name), &(request), &(response), (no_side_effects), (client_streams), (server_streams)},

const struct method_shape method_table[METHOD_COUNT] = {
#include "methods.inc"
};
