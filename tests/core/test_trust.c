/* Whether others could change a file: rights are given and taken, as root to other users too. */
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/xattr.h>

#include "scratch.h"

#include "core/trust.h"

enum { NOBODY = 65534, SOMEBODY = 64321, SOME_GROUP = 64322 };

static struct proda_error error;

static bool is_root(void)
{
  if (geteuid() != 0)
    print_message("not root: cannot give files away, left out\n");
  return geteuid() == 0;
}

/** A new file of the scratch directory. */
static void make(const char *name, mode_t mode)
{
  FILE *stream = fopen(scratch_path(name), "w");
  assert_non_null(stream);
  fclose(stream);
  assert_int_equal(chmod(scratch_path(name), mode), 0);
}

static void make_directory(const char *name, mode_t mode)
{
  assert_int_equal(mkdir(scratch_path(name), 0700), 0);
  assert_int_equal(chmod(scratch_path(name), mode), 0);
}

static void give(const char *name, uid_t owner, gid_t group)
{
  mode_t mode;
  struct stat status;
  assert_int_equal(lstat(scratch_path(name), &status), 0);
  mode = status.st_mode & 07777;
  assert_int_equal(lchown(scratch_path(name), owner, group), 0);
  if (!S_ISLNK(status.st_mode))
    assert_int_equal(chmod(scratch_path(name), mode), 0);
}

static void assert_trusted(const char *name)
{
  error = (struct proda_error){""};
  int status = proda_trust_path(scratch_path(name), &error);
  assert_ok(status, error);
}

/** Refused, because of `at`, and the message says `why`. */
static void assert_refused(const char *name, const char *at, const char *why)
{
  error = (struct proda_error){""};
  assert_int_equal(proda_trust_path(scratch_path(name), &error), PRODA_ERROR);
  const char *place = strcmp(name, at) == 0 ? "not trusted: it can be" : scratch_path(at);
  if (!strstr(error.message, place) || !strstr(error.message, why))
    print_error("expected '%s' and '%s' in: %s\n", place, why, error.message);
  assert_non_null(strstr(error.message, place));
  assert_non_null(strstr(error.message, why));
}

static void own_files_are_trusted(void **state)
{
  (void)state;
  make_directory("a", 0755);
  make_directory("a/b", 0700);
  make("a/b/file", 0644);
  assert_trusted("a/b/file");
  assert_trusted("a/b");
  assert_trusted("a/./b/../b//file");
}

static void what_everybody_can_write_is_refused(void **state)
{
  (void)state;
  make_directory("a", 0755);
  make_directory("a/b", 0755);
  make("a/b/file", 0646);
  assert_refused("a/b/file", "a/b/file", "changed by everybody (mode 0646, owner ");
  assert_non_null(strstr(error.message, "`chmod go-w "));
  assert_non_null(strstr(error.message, "--allow-unsafe-plugins"));
  assert_int_equal(chmod(scratch_path("a/b/file"), 0644), 0);
  assert_int_equal(chmod(scratch_path("a/b"), 0777), 0);
  assert_refused("a/b/file", "a/b", "changed by everybody (mode 0777, owner ");
  assert_int_equal(chmod(scratch_path("a/b"), 0755), 0);
  assert_int_equal(chmod(scratch_path("a"), 0777), 0);
  assert_refused("a/b/file", "a", "everybody (mode 0777");
  assert_int_equal(chmod(scratch_path("a"), 0755), 0);
  assert_trusted("a/b/file");
}

static void other_owners_are_refused(void **state)
{
  (void)state;
  if (!is_root())
    skip();
  make_directory("a", 0755);
  make("a/file", 0644);
  give("a/file", SOMEBODY, SOME_GROUP);
  assert_refused("a/file", "a/file",
                 "changed by its owner user 64321 (mode 0644, owner user 64321");
  give("a/file", 0, 0);
  give("a", NOBODY, 0);
  assert_refused("a/file", "a", "changed by its owner nobody");
}

static void root_and_the_caller_are_trusted(void **state)
{
  (void)state;
  if (!is_root())
    skip();
  assert_int_equal(chmod(scratch_directory, 0755), 0);
  make_directory("roots", 0755);
  make("roots/file", 0644);
  make_directory("own", 0700);
  make("own/file", 0600);
  give("own", NOBODY, SOME_GROUP);
  give("own/file", NOBODY, SOME_GROUP);
  make("roots/other", 0644);
  give("roots/other", SOMEBODY, SOME_GROUP);
  assert_int_equal(seteuid(NOBODY), 0);
  int roots = proda_trust_path(scratch_path("roots/file"), &error);
  int own = proda_trust_path(scratch_path("own/file"), &error);
  int other = proda_trust_path(scratch_path("roots/other"), &error);
  assert_int_equal(seteuid(0), 0);
  assert_int_equal(roots, PRODA_OK);
  assert_int_equal(own, PRODA_OK);
  assert_int_equal(other, PRODA_ERROR);
}

static void groups_with_others_are_refused(void **state)
{
  (void)state;
  if (!is_root())
    skip();
  make_directory("a", 0775);
  make("a/file", 0664);
  give("a/file", 0, SOME_GROUP);
  assert_refused("a/file", "a/file", "changed by group 64322 (mode 0664, owner root");
  give("a/file", 0, 0);
  give("a", 0, SOME_GROUP);
  assert_refused("a/file", "a", "changed by group 64322 (mode 0775");
}

/** `umask 002` with a group a user, which bears the user's name. Root has one everywhere. */
static void a_group_of_ones_own_is_trusted(void **state)
{
  (void)state;
  const struct group *root = is_root() ? getgrgid(0) : NULL;
  if (!root || strcmp(root->gr_name, "root") != 0 || root->gr_mem[0])
    skip();
  make_directory("a", 0775);
  make("a/file", 0664);
  assert_trusted("a/file");
}

/** An access list as the kernel keeps it: the owner, SOMEBODY and the group write. */
static void access_lists_are_no_group_of_ones_own(void **state)
{
  (void)state;
  const uint32_t version = 2;
  const struct {
    uint16_t tag, rights;
    uint32_t id;
  } entry[] = {{0x01, 6, UINT32_MAX},
               {0x02, 6, SOMEBODY},
               {0x04, 4, UINT32_MAX},
               {0x10, 6, UINT32_MAX},
               {0x20, 4, UINT32_MAX}};
  char list[sizeof version + sizeof entry];
  memcpy(list, &version, sizeof version);
  memcpy(list + sizeof version, entry, sizeof entry);
  make("file", 0644);
  assert_trusted("file");
  if (setxattr(scratch_path("file"), "system.posix_acl_access", list, sizeof list, 0)) {
    print_message("no access lists in this file system, left out\n");
    skip();
  }
  assert_refused("file", "file", "whom its access list names (mode 0664");
  assert_non_null(strstr(error.message, "`setfacl -b "));
}

static void names_in_sticky_directories_count_themselves(void **state)
{
  (void)state;
  make_directory("shared", 01777);
  make("shared/own", 0644);
  make("shared/open", 0666);
  assert_trusted("shared/own");
  assert_refused("shared/open", "shared/open", "everybody (mode 0666");
  if (!is_root())
    skip();
  make("shared/theirs", 0644);
  give("shared/theirs", SOMEBODY, SOME_GROUP);
  assert_refused("shared/theirs", "shared/theirs", "its owner user 64321");
  assert_int_equal(symlink("own", scratch_path("shared/link")), 0);
  assert_trusted("shared/link");
  give("shared/link", SOMEBODY, SOME_GROUP);
  assert_refused("shared/link", "shared/link", "its owner user 64321");
}

static void links_are_followed_one_by_one(void **state)
{
  (void)state;
  make_directory("good", 0755);
  make_directory("open", 0777);
  make("good/file", 0644);
  make("open/file", 0644);
  assert_int_equal(symlink("../open/file", scratch_path("good/to_open")), 0);
  assert_int_equal(symlink("../good/file", scratch_path("open/to_good")), 0);
  assert_int_equal(symlink(scratch_path("good"), scratch_path("absolute")), 0);
  assert_int_equal(symlink("open/../good", scratch_path("through")), 0);
  assert_int_equal(symlink("good/loop", scratch_path("loop")), 0);
  assert_int_equal(symlink("../loop", scratch_path("good/loop")), 0);
  assert_refused("good/to_open", "open", "everybody");
  assert_refused("open/to_good", "open", "everybody");
  assert_trusted("absolute/file");
  assert_refused("through/file", "open", "everybody");
  assert_int_equal(proda_trust_path(scratch_path("loop"), &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "Too many levels of symbolic links"));
}

static void relative_paths_start_from_here(void **state)
{
  (void)state;
  char before[4096];
  assert_non_null(getcwd(before, sizeof before));
  make_directory("a", 0755);
  make("a/file", 0644);
  assert_int_equal(chdir(scratch_path("a")), 0);
  int trusted = proda_trust_path("file", &error);
  assert_int_equal(chmod(scratch_directory, 0777), 0);
  int refused = proda_trust_path("file", &error);
  int upward = proda_trust_path("../a/file", &error);
  assert_int_equal(chdir(before), 0);
  assert_int_equal(trusted, PRODA_OK);
  assert_int_equal(refused, PRODA_ERROR);
  assert_int_equal(upward, PRODA_ERROR);
}

static void what_is_not_there_is_told(void **state)
{
  (void)state;
  char long_path[9000];
  memset(long_path, 'a', sizeof long_path);
  long_path[sizeof long_path - 1] = '\0';
  assert_int_equal(proda_trust_path(scratch_path("none/file"), &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "none: cannot be read: No such file or directory"));
  assert_int_equal(proda_trust_path(long_path, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "the path is too long"));
}

static void directories_to_build_in_are_looked_at_whole(void **state)
{
  (void)state;
  make_directory("a", 01777);
  make("a/file", 0644);
  assert_trusted("a/file");
  assert_int_equal(proda_trust_directory(scratch_path("a"), &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "everybody (mode 1777"));
  assert_int_equal(chmod(scratch_path("a"), 0755), 0);
  assert_ok(proda_trust_directory(scratch_path("a"), &error), error);
  assert_int_equal(chmod(scratch_path("a/file"), 0666), 0);
  assert_int_equal(proda_trust_directory(scratch_path("a"), &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "a/file: not trusted: it can be changed by everybody"));
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
      ISOLATED(own_files_are_trusted),
      ISOLATED(what_everybody_can_write_is_refused),
      ISOLATED(other_owners_are_refused),
      ISOLATED(root_and_the_caller_are_trusted),
      ISOLATED(groups_with_others_are_refused),
      ISOLATED(a_group_of_ones_own_is_trusted),
      ISOLATED(access_lists_are_no_group_of_ones_own),
      ISOLATED(names_in_sticky_directories_count_themselves),
      ISOLATED(links_are_followed_one_by_one),
      ISOLATED(relative_paths_start_from_here),
      ISOLATED(what_is_not_there_is_told),
      ISOLATED(directories_to_build_in_are_looked_at_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
