# `exit` in a rule still runs END, and its code is the program's.
{ lines++; if (lines == 3) exit 4 }
END { print "seen", lines }
