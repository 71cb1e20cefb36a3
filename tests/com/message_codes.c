#include "message_codes.h"
#include "imapi2_messages.h"

#define X(name) {#name, name},
const struct code message_codes[] = {
#include "error_codes.inc"
};
#undef X
