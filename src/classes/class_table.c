/* The one class table: activation, registration and the registry templates all come from the list.
 */
#include "class_create.h"

#include "imapi2.h"

const struct com_class_entry com_class_table[] = {COM_CLASS_LIST(COM_CLASS_ROW)};
const size_t com_class_count = sizeof(com_class_table) / sizeof(com_class_table[0]);
