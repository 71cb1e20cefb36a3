/* What the options of "virtual add", "insert" and "set" mean in a definition, and where the image
 * file of a definition is.
 * Who uses it: the commands about virtual recorders, write.c for the image of a disc.
 * A mistake is reported where it is found. The names of discs and personalities are catalog.h's.
 * What it must not know: COM, whether a recorder is in use. */
#ifndef OI_CLI_SETTINGS_H
#define OI_CLI_SETTINGS_H

#include "args.h"
#include "definition.h"

/* The options that change how a recorder behaves, whatever disc is in it. */
enum {
    OI_OPT_BEHAVIOUR =
        OI_OPT_SPEED | OI_OPT_PERSONALITY | OI_OPT_FAULTS | OI_OPT_CLOCK | OI_OPT_TRACE,
};

/* Puts what the options say into the definition, --blank left aside. */
enum oi_exit oi_settings_apply(struct oi_definition *definition, const struct oi_args *args);
/* Another disc that was never written: a medium that can be blank and an image file that does not
 * exist. Without image it gets a name like that of the present one; path is its name. */
enum oi_exit oi_settings_blank(struct oi_definition *definition, const wchar_t *medium,
                               const wchar_t *image, wchar_t path[OI_PATH_MAX]);
/* Refuses what --media was given, or that it was not, and tells what it takes. */
enum oi_exit oi_settings_unknown_medium(const char *problem);

/* The image file that a definition names; a relative path begins at the definition's folder. */
bool oi_settings_image(const struct oi_definition *definition, wchar_t path[OI_PATH_MAX]);
/* Warns when another recorder uses the image file of this one. */
void oi_settings_warn_shared(const struct oi_definition *definition, const wchar_t *name);

#endif
