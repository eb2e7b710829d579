/* A disk that is full, or that nobody may write: the run says so and what to do, leaves nothing
 * half-written, and goes on once there is room, to the same bytes. A small tmpfs is that disk. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>

#include "fragile.h"

static bool can_mount, is_root;
static const char *disk; /* where it is mounted: the output directory */

static void write_text(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  if (file) {
    fputs(text, file);
    fclose(file);
  }
}

/* Mounts are ours alone: in a namespace, which ends with this program. Who is not root is it there.
 */
static bool enter_namespace(void)
{
  long user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
      return false;
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", scratch_print("0 %ld 1", user));
    write_text("/proc/self/gid_map", scratch_print("0 %ld 1", group));
  }
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static bool mount_disk(int kilobytes)
{
  return mount("none", disk, "tmpfs", 0, scratch_print("size=%dk", kilobytes)) == 0;
}

static void resize(int kilobytes)
{
  assert_int_equal(mount("none", disk, "tmpfs", MS_REMOUNT, scratch_print("size=%dk", kilobytes)),
                   0);
}

static int setup(void **state)
{
  static char place[2048];
  if (scratch_setup(state) || fragile_build() || fragile_undisturbed("run --jobs 2"))
    return -1;
  is_root = geteuid() == 0;
  snprintf(place, sizeof place, "%s", fragile_path(""));
  disk = place;
  scratch_remove(disk);
  can_mount = mkdir(disk, 0777) == 0 && enter_namespace() && mount_disk(4);
  if (can_mount)
    umount(disk);
  return 0;
}

static int teardown(void **state)
{
  umount(disk);
  return scratch_teardown(state);
}

static void need_mounts(void)
{
  if (can_mount)
    return;
  if (getenv("CI") && is_root)
    fail_msg("a tmpfs cannot be mounted: %s", strerror(errno));
  print_message("no tmpfs can be mounted here: skipped\n");
  skip();
}

static const char *const made[] = {
    "world/grid.nc",        "world/profiles.nc", "world/truth.nc",   "prepare.nc",
    "fragile/calibrate.nc", "fragile/screen.nc", "fragile/train.nc", "fragile/map.nc",
    "compare.nc",           "report.html",
};
enum { N_MADE = sizeof made / sizeof *made };

/* What is there is as it would be undisturbed; how many that are. */
static size_t check_made(void)
{
  size_t n = 0;
  for (size_t i = 0; i < N_MADE; i++)
    if (access(fragile_path(made[i]), F_OK) == 0) {
      assert_undisturbed(made[i]);
      n++;
    }
  assert_no_temporary();
  return n;
}

static long kilobytes_of(const char *directory)
{
  long n = 0;
  assert_int_equal(system(scratch_print("du -sk %s >%s/size", directory, scratch_directory)), 0);
  FILE *file = fopen(scratch_path("size"), "r");
  assert_int_equal(fscanf(file, "%ld", &n), 1);
  fclose(file);
  return n;
}

/* Room grows by little; every run gets somewhat further and loses nothing. */
static void goes_on_with_more_room(void **state)
{
  (void)state;
  need_mounts();
  long all = 3 * kilobytes_of(scratch_path("undisturbed"));
  size_t before = 0;
  int n_full = 0, status = 1;
  assert_true(mount_disk(8));
  for (long size = 8; status != 0 && size < all; size += all / 24) {
    resize((int)size);
    status = fragile_command("run --jobs 2");
    size_t n = check_made();
    assert_true(n >= before);
    before = n;
    if (status == 0)
      break;
    n_full++;
    assert_int_equal(status, 1);
    assert_has(errors, "No space left on device");
    assert_has(errors, "free there");
    assert_has(errors, "make room and run the same command again");
    assert_has(errors, scratch_directory);
  }
  assert_int_equal(status, 0);
  assert_int_equal(check_made(), N_MADE);
  assert_in_range(n_full, 4, 24);
  print_message("  %d runs on a disk that was full\n", n_full);
  umount(disk);
}

/* An earlier store stays whole where there is no room for its successor. */
static void earlier_stores_stay(void **state)
{
  (void)state;
  need_mounts();
  assert_true(mount_disk(64 << 10));
  assert_int_equal(system(scratch_print("cp -a %s/undisturbed/. %s", scratch_directory, disk)), 0);
  text_write(scratch_path("e.yaml"),
             scratch_print("%scompare: {resamples: 50}\n", fragile_experiment));
  resize((int)kilobytes_of(disk));
  assert_int_equal(fragile_command("run --jobs 2"), 1);
  assert_has(errors, "compare.nc");
  assert_has(errors, "No space left on device");
  text_write(scratch_path("e.yaml"), fragile_experiment);
  assert_int_equal(check_made(), N_MADE);
  umount(disk);
}

static void read_only_is_told(void **state)
{
  (void)state;
  need_mounts();
  assert_true(mount_disk(64 << 10));
  assert_int_equal(mount("none", disk, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
  assert_int_equal(fragile_command("run --jobs 2"), 1);
  assert_has(errors, "Read-only file system");
  umount(disk);
  assert_true(mount_disk(64 << 10));
  assert_int_equal(system(scratch_print("cp -a %s/undisturbed/. %s", scratch_directory, disk)), 0);
  remove(fragile_path("fragile/map.nc"));
  assert_int_equal(mount("none", disk, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
  assert_int_equal(fragile_command("map"), 1);
  assert_has(errors, "Read-only file system");
  umount(disk);
}

static void other_commands_tell_too(void **state)
{
  (void)state;
  need_mounts();
  assert_true(mount_disk(64));
  const char *grid = scratch_print("%s/undisturbed/world/grid.nc", scratch_directory);
  assert_int_equal(
      proda(scratch_print("--plugin-path %s simulate fragile --forcing %s --out %s/o.nc",
                          scratch_directory, grid, disk)),
      1);
  assert_has(errors, "o.nc");
  assert_has(errors, "No space left on device");
  assert_int_equal(proda(scratch_print("--plugin-path %s synth --model fragile %s/world",
                                       scratch_directory, disk)),
                   1);
  assert_has(errors, "No space left on device");
  assert_no_temporary();
  umount(disk);
}

/* Neither a folder nor an object is left in part. */
static void building_tells_too(void **state)
{
  (void)state;
  need_mounts();
  assert_true(mount_disk(1024));
  assert_int_equal(system(scratch_print("cp -a %s/fragile %s", scratch_directory, disk)), 0);
  assert_int_equal(system(scratch_print("rm %s/fragile/fragile.so", disk)), 0);
  resize((int)kilobytes_of(disk) + 4);
  assert_int_equal(proda(scratch_print("build %s/fragile", disk)), 1);
  assert_has(errors, "o space left on device");
  assert_int_equal(system(scratch_print("! find %s | grep -E 'part|so$'", disk)), 0);
  resize((int)kilobytes_of(disk));
  const char *program = getenv("PRODA");
  assert_int_equal(system(scratch_print("cd %s && ! %s new model mine 2>%s/err", disk, program,
                                        scratch_directory)),
                   0);
  program_read(scratch_path("err"), errors, sizeof errors);
  assert_has(errors, "No space left on device");
  assert_int_equal(system(scratch_print("! find %s | grep mine", disk)), 0);
  umount(disk);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(goes_on_with_more_room), cmocka_unit_test(earlier_stores_stay),
      cmocka_unit_test(read_only_is_told),      cmocka_unit_test(other_commands_tell_too),
      cmocka_unit_test(building_tells_too),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
