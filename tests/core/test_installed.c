/* Where installed files are when the tree has been moved; expected paths follow from the rule in
 * installed.h. */
#include "testing.h"

#include "core/installed.h"

static void moved(const char *path, const char *libdir, const char *actual, const char *expected)
{
  char out[PRODA_INSTALLED_SIZE];
  assert_string_equal(proda_installed_move(path, libdir, actual, out), expected);
}

static void a_tree_moves_as_a_whole(void **state)
{
  (void)state;
  moved("/usr/local/share/proda", "/usr/local/lib", "/usr/local/lib", "/usr/local/share/proda");
  moved("/usr/local/share/proda", "/usr/local/lib", "/opt/soil/lib", "/opt/soil/share/proda");
  moved("/usr/local/lib/proda", "/usr/local/lib", "/opt/soil/lib", "/opt/soil/lib/proda");
  moved("/usr/lib/x86_64-linux-gnu/proda", "/usr/lib/x86_64-linux-gnu", "/opt/lib/x86_64-linux-gnu",
        "/opt/lib/x86_64-linux-gnu/proda");
  moved("/usr/share/proda", "/usr/lib/x86_64-linux-gnu", "/opt/lib/x86_64-linux-gnu",
        "/opt/share/proda");
}

static void a_staged_tree_is_whole_too(void **state)
{
  (void)state;
  moved("/usr/local/include", "/usr/local/lib", "/stage/usr/local/lib", "/stage/usr/local/include");
  moved("/srv/data/proda", "/usr/local/lib", "/stage/usr/local/lib", "/stage/srv/data/proda");
}

static void what_does_not_fit_stays(void **state)
{
  (void)state;
  moved("/usr/local/share/proda", "/usr/local/lib", "/home/me/build/.libs",
        "/usr/local/share/proda");
  moved("/srv/data/proda", "/usr/local/lib", "/opt/soil/lib", "/srv/data/proda");
  moved("/usr/locally/proda", "/usr/local/lib", "/opt/soil/lib", "/usr/locally/proda");
  moved("/usr/local/share", "/usr/local/lib", "/opt/soil/mylib", "/usr/local/share");
  moved("/usr/local/share", "/usr/local/lib", "lib", "/usr/local/share");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_tree_moves_as_a_whole),
      cmocka_unit_test(a_staged_tree_is_whole_too),
      cmocka_unit_test(what_does_not_fit_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
