/* The create functions of the coclasses, as the class list names them.
 * Who uses it: class_table.c, the classes themselves, and a class that makes objects of another.
 * Each allocates, queries for iid and gives out one reference; outer is NULL (no aggregation).
 * What it must not know: the classes. */
#ifndef OI_CLASSES_CLASS_CREATE_H
#define OI_CLASSES_CLASS_CREATE_H

#include "class_factory.h"

COM_CLASS_LIST(COM_CLASS_DECLARE_CREATE)

#endif
