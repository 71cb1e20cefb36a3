/* The names that people may use and the tables behind them are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "catalog.h"
#include "disc.h"
#include "personality.h"

struct offered {
    const char *name;
    uint32_t sectors;
};

#define MEDIUM(name, words, sectors, speed) {name, sectors},
static const struct offered media[] = {OI_CATALOG_MEDIA(MEDIUM)};
enum { MEDIA_COUNT = sizeof(media) / sizeof(media[0]) };

#define PERSONALITY(name, words) name,
static const char *const personalities[] = {OI_CATALOG_PERSONALITIES(PERSONALITY)};

static const struct offered *find(const char *name)
{
    for (int i = 0; i < MEDIA_COUNT; i++)
        if (strcmp(media[i].name, name) == 0)
            return &media[i];
    return NULL;
}

static void every_personality_of_the_catalog_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++) {
        const struct personality *row = personality_by_name(personalities[i]);

        if (!row)
            fail_msg("\"%s\" is not known", personalities[i]);
        assert_string_equal(row->name, personalities[i]);
    }
    assert_string_equal(personality_default()->name, personalities[0]);
    assert_null(personality_by_name("Strict"));
    assert_null(personality_by_name(""));
}

/* Rows of the same disc in another state are not new discs, and not in the catalog. */
static void every_new_disc_is_in_the_catalog_with_its_size(void **state)
{
    const struct medium *medium;

    (void)state;
    for (uint32_t i = 0; (medium = medium_at(i)) != NULL; i++) {
        const struct offered *offered = find(medium->sold_as);

        if (!offered)
            fail_msg("\"%s\" is not in the catalog", medium->sold_as);
        if (strcmp(medium->name, medium->sold_as) == 0 && offered->sectors)
            assert_int_equal(medium->sectors, offered->sectors);
    }
}

static void every_disc_of_the_catalog_is_known(void **state)
{
    (void)state;
    for (int i = 0; i < MEDIA_COUNT; i++) {
        const struct medium *medium = medium_sold_as(media[i].name);

        if (!medium)
            fail_msg("\"%s\" is not known", media[i].name);
        assert_string_equal(medium->name, media[i].name);
    }
    assert_null(medium_sold_as("dvd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_personality_of_the_catalog_is_known),
        cmocka_unit_test(every_new_disc_is_in_the_catalog_with_its_size),
        cmocka_unit_test(every_disc_of_the_catalog_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
