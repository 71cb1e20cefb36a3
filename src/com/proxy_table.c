/* The interfaces that have a proxy, for registration: programs that only register need none of the
 * proxies themselves. */
#include "proxy.h"

#include "class_list.h"
#include "imapi2.h"

#define PROXY_ROW(interface_name)                                                                  \
    {&IID_##interface_name, L"" #interface_name, L"OpenIMAPI2 proxy of " #interface_name},

const struct com_proxy com_proxy_table[] = {COM_PROXY_LIST(PROXY_ROW)};
const size_t com_proxy_count = sizeof(com_proxy_table) / sizeof(com_proxy_table[0]);
