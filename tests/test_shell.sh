#!/bin/sh
# No code of proda calls a shell, and one file alone starts programs, with lists of arguments.
set -eu
cd "$srcdir"
forbidden='(^|[^A-Za-z0-9_>.])(system|popen|wordexp|execl|execle|execlp|execv|execve|execvp|execvpe|fexecve|execveat)[[:space:]]*\('
shells='"(/usr)?(/bin/)?(sh|bash|dash|env)"'
spawning='(^|[^A-Za-z0-9_])posix_spawnp?[[:space:]]*\('
found=0
files() { find framework models samplers plugins share examples -name '*.[ch]' -o -name '*.js'; }

refuse() {
  echo "test_shell: $1:" >&2
  echo "$2" >&2
  found=1
}

hits=$(files | xargs grep -nE -e "$forbidden" -e "$shells" -e child_process || :)
test -z "$hits" || refuse 'a shell, or a program by another way than proda_process_run' "$hits"
hits=$(files | grep -v '^framework/core/process\.c$' | xargs grep -nE "$spawning" || :)
test -z "$hits" || refuse 'programs are started by framework/core/process.c only' "$hits"
# The patterns themselves find what they are for.
for line in 'x = system("ls");' 'popen (name, "r")' 'execlp("sh", "sh", "-c", name)' '{"/bin/sh", "-c"}'; do
  echo "$line" | grep -qE -e "$forbidden" -e "$shells" || refuse 'this is not found' "$line"
done
exit $found
