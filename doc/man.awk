# Turns what `proda COMMAND --help` prints into a man page, so that both say the same.
# Set with -v: command ("" for the program itself), version.
function escape(text)
{
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  sub(/^[.']/, "\\\\\\&&", text)
  return text
}
BEGIN {
  name = command == "" ? "proda" : "proda-" command
  printf ".TH %s 1 \"\" \"proda %s\" \"proda\"\n", toupper(name), version
}
NR == 1 {
  sub(/^Usage: /, "")
  synopsis = $0
  next
}
synopsis != "" && !titled && /^ +proda / { synopsis = synopsis "\n.br\n" escape($0); next }
synopsis != "" && NF == 0 && !titled { titled = 1; next }
titled == 1 {
  printf ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n%s\n.SH DESCRIPTION\n.nf\n", name, \
    escape(summary == "" ? tolower(substr($0, 1, 1)) substr($0, 2) : summary), escape(synopsis)
  titled = 2
}
{ print escape($0) }
END {
  print ".fi"
  if (command == "")
    print ".SH SEE ALSO\nEach command has a page of its own, proda\\-COMMAND(1)."
  else
    print ".SH SEE ALSO\nproda(1)"
}
